package dev.parley.prompt.ability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parley.schema.event.AbilityUpdated;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AbilityTest {
    private static final Outcome WON = new Outcome(1, 1, 0);
    private static final Outcome LOST = new Outcome(0, 1, 0);

    @Test
    void the_first_outcome_changes_it_by_half_a_logit_and_later_ones_by_less() {
        Ability one = Ability.UNKNOWN.after(WON);
        assertThat(one).isEqualTo(new Ability(0.5, 1));

        Ability experienced = new Ability(0, 20);
        assertThat(experienced.after(WON).value()).isEqualTo(0.25);
    }

    @Test
    void an_unexpected_outcome_changes_it_more_than_an_expected_one() {
        double easy = Ability.UNKNOWN.after(new Outcome(1, 1, -2)).value();
        double hard = Ability.UNKNOWN.after(new Outcome(1, 1, 2)).value();

        assertThat(hard).isGreaterThan(easy).isPositive();
        assertThat(easy).isPositive();
    }

    @Test
    void it_converges_to_the_ability_behind_the_outcomes() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (double real : new double[] {-1.5, 0, 1.5}) {
            Ability ability = Ability.UNKNOWN;
            for (int i = 0; i < 2_000; i++) {
                double difficulty = random.nextGaussian();
                boolean won = random.nextDouble() < 1 / (1 + Math.exp(difficulty - real));
                ability = ability.after(new Outcome(won ? 1 : 0, 1, difficulty));
            }
            assertThat(ability.value()).isCloseTo(real, within(0.5));
        }
    }

    @Test
    void a_recorded_ability_can_be_read_back() {
        Ability ability = Ability.UNKNOWN;
        for (int i = 0; i < 50; i++) {
            ability = ability.after(i % 3 == 0 ? LOST : WON);
            Ability read = Ability.of(ability.written("maths"));
            assertThat(read.value()).isCloseTo(ability.value(), within(0.001));
            assertThat(read.evidence()).isCloseTo(ability.evidence(), within(0.01));
        }
        assertThat(ability.written("maths").confidence()).isBetween(0.7, 0.72);
    }

    @Test
    void impossible_recorded_values_are_clamped() {
        for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -5, 1, 1e300}) {
            AbilityUpdated written =
                    Ability.of(new AbilityUpdated("maths", odd, odd)).after(WON).written("maths");
            assertThat(written.newAbility()).isBetween(-6.0, 6.0);
            assertThat(written.confidence()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void the_fold_is_the_latest_in_any_order_and_with_duplicates() {
        List<AbilityUpdated> written = new ArrayList<>();
        Ability ability = Ability.UNKNOWN;
        for (int i = 0; i < 10; i++) {
            ability = ability.after(WON);
            written.add(ability.written("maths"));
        }
        AbilityUpdated last = written.getLast();
        written.addAll(List.copyOf(written));
        Collections.shuffle(written, new Random(1));

        assertThat(Ability.fold(written.stream())).contains(last);
        assertThat(Ability.fold(Stream.of())).isEmpty();
    }

    @Test
    void levels_follow_the_ability() {
        assertThat(new Ability(-1, 3).difficulty("maths").level()).isEqualTo("beginner");
        assertThat(Ability.UNKNOWN.difficulty("maths").level()).isEqualTo("intermediate");
        assertThat(new Ability(1, 3).difficulty("maths").level()).isEqualTo("advanced");
    }
}
