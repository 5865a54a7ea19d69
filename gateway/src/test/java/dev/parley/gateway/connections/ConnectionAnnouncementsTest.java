package dev.parley.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one gateway says and another believes. */
class ConnectionAnnouncementsTest {

    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private final Map<UserId, Integer> all = new HashMap<>();
    private final Map<UserId, Integer> changed = new HashMap<>();
    private final AnnouncementSchedule announcer = new AnnouncementSchedule("one", new AnnouncementSchedule.Source() {
        @Override
        public Map<UserId, Integer> drainChanged() {
            Map<UserId, Integer> taken = Map.copyOf(changed);
            changed.clear();
            return taken;
        }

        @Override
        public Map<UserId, Integer> all() {
            return Map.copyOf(all);
        }
    });
    private final RemoteConnections other = new RemoteConnections("other");
    private long nowMs = 1_000_000;

    @Test
    void what_one_has_the_other_knows_and_what_is_gone_too() {
        has(ADA, 2);
        has(BOB, 1);
        hear();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
        has(ADA, 3);
        has(BOB, 0);
        hear();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(3);
        assertThat(other.connectionsOf(BOB, nowMs)).isZero();
    }

    @Test
    void a_thousand_connects_of_a_second_are_one_record() {
        for (int i = 0; i < 1_000; i++) {
            has(new UserId("user" + i), 1);
        }
        assertThat(announcer.next(nowMs)).hasSize(1);
    }

    @Test
    void more_users_than_a_record_holds_are_said_in_several_and_only_the_first_voids_what_was() {
        for (int i = 0; i < 2 * AnnouncementSchedule.USERS_PER_RECORD + 1; i++) {
            has(new UserId("user" + i), 1);
        }
        List<Announcement> said = announcer.next(nowMs);
        assertThat(said).extracting(Announcement::whole).containsExactly(true, false, false);
        said.forEach(each -> other.onAnnouncement(each, nowMs));
        for (UserId user : all.keySet()) {
            assertThat(other.connectionsOf(user, nowMs)).isEqualTo(1);
        }
    }

    @Test
    void where_nobody_is_nothing_is_said() {
        for (int second = 0; second < 200; second++) {
            assertThat(announcer.next(nowMs)).isEmpty();
            nowMs += 1_000;
        }
    }

    @Test
    void a_gateway_that_lives_counts_however_long_nothing_changes() {
        has(ADA, 2);
        int records = 0;
        for (int second = 0; second < 200; second++) {
            records += hear();
            assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
            nowMs += 1_000;
        }
        assertThat(records).isBetween(95, 110);
    }

    @Test
    void a_gateway_that_dies_without_a_word_is_forgotten_after_its_lease() {
        has(ADA, 2);
        hear();
        nowMs += RemoteConnections.LEASE_MS;
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
        nowMs += 1;
        assertThat(other.connectionsOf(ADA, nowMs)).isZero();
    }

    @Test
    void who_was_silent_for_a_lease_and_speaks_again_is_believed_from_its_next_whole_word_on() {
        has(ADA, 2);
        hear();
        nowMs += AnnouncementSchedule.FULL_INTERVAL_MS;
        hear();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
    }

    @Test
    void what_was_lost_on_the_way_is_made_good() {
        has(ADA, 2);
        hear();
        has(ADA, 5);
        announcer.next(nowMs); // and nobody hears it
        announcer.onSendFailed();
        nowMs += 1_000;
        hear();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(5);
    }

    @Test
    void a_newcomer_knows_all_after_a_minute_at_most() {
        has(ADA, 2);
        hear();
        RemoteConnections late = new RemoteConnections("late");
        nowMs += AnnouncementSchedule.FULL_INTERVAL_MS;
        announcer.next(nowMs).forEach(each -> late.onAnnouncement(each, nowMs));
        assertThat(late.connectionsOf(ADA, nowMs)).isEqualTo(2);
    }

    @Test
    void who_leaves_says_so_and_nobody_counts_itself() {
        has(ADA, 2);
        hear();
        RemoteConnections itself = new RemoteConnections("one");
        itself.onAnnouncement(new Announcement("one", true, Map.of(ADA, 2)), nowMs);
        assertThat(itself.connectionsOf(ADA, nowMs)).isZero();
        other.onAnnouncement(announcer.lastAnnouncement(), nowMs);
        assertThat(other.connectionsOf(ADA, nowMs)).isZero();
    }

    private void has(UserId user, int connections) {
        changed.put(user, connections);
        if (connections == 0) {
            all.remove(user);
        } else {
            all.put(user, connections);
        }
    }

    private int hear() {
        List<Announcement> said = announcer.next(nowMs);
        said.forEach(each -> other.onAnnouncement(each, nowMs));
        return said.size();
    }
}
