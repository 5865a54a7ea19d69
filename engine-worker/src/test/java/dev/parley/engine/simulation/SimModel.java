package dev.parley.engine.simulation;

import dev.parley.engine.stream.Input;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelPiece.Content;
import dev.parley.providers.ModelPiece.Finished;
import dev.parley.providers.ModelPiece.Thinking;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.Failure;
import dev.parley.schema.id.StreamId;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A model. Its answer is a function of the stream; how a call goes is random. */
final class SimModel {
    private final World world;
    private final Plan plan;

    SimModel(World world, Plan plan) {
        this.world = world;
        this.plan = plan;
    }

    /** With code and surrogate pairs in it. */
    static String answer(StreamId life) {
        StreamId stream = Lives.plain(life);
        SplittableRandom random = new SplittableRandom((stream.user() + "/" + stream.message()).hashCode());
        StringBuilder text = new StringBuilder();
        int words = 2 + random.nextInt(8);
        for (int i = 0; i < words; i++) {
            text.append(stream.message()).append('.').append(i);
            text.append(
                    switch (random.nextInt(8)) {
                        case 0 -> "\n```\n";
                        case 1 -> "😀";
                        default -> " ";
                    });
        }
        return text.toString();
    }

    /** How a call goes. */
    enum Manner {
        WELL,
        SLOWLY,
        FAILS_AT_ONCE,
        BREAKS_OFF,
        STOPS_WITHOUT_END,
        SAYS_NOTHING,
        HANGS_AT_ONCE,
        HANGS,
        ENDS_TWICE;

        boolean isGood() {
            return this == WELL || this == SLOWLY || this == ENDS_TWICE;
        }

        private boolean endsEarly() {
            return this == BREAKS_OFF || this == STOPS_WITHOUT_END || this == HANGS;
        }
    }

    Call ask(StreamId stream, String answerSoFar, boolean reasoning) {
        Manner manner = world.chance(plan.oddModels()) ? world.anyOf(Manner.values()) : Manner.WELL;
        return new Call(manner, answer(stream), answerSoFar.length(), reasoning);
    }

    /** One call. */
    final class Call {
        final Manner manner;
        private final String answer;
        private final int breakAt;
        private int said;
        private boolean thinks;
        private int ends;
        private long dueMs;

        private Call(Manner manner, String answer, int said, boolean thinks) {
            this.manner = manner;
            this.answer = answer;
            this.said = said;
            this.thinks = thinks && said == 0;
            this.breakAt =
                    manner.endsEarly() ? wholePairs(said + world.upTo(answer.length() - said + 1)) : answer.length();
            pause();
        }

        private int wholePairs(int at) {
            return at > 0 && Character.isHighSurrogate(answer.charAt(at - 1)) ? at + 1 : at;
        }

        private void pause() {
            dueMs = world.nowMs()
                    + (manner == Manner.SLOWLY ? world.between(300, 1_500) : world.between(0, plan.scenario().paceMs));
        }

        /** When it may say something next. */
        long dueMs() {
            return ends > 1 ? Long.MAX_VALUE : dueMs;
        }

        /** What it says now; null for nothing. */
        @Nullable
        Input next() {
            if (world.nowMs() < dueMs || ends > 1) {
                return null;
            }
            pause();
            return switch (manner) {
                case FAILS_AT_ONCE -> fail();
                case SAYS_NOTHING -> end();
                case HANGS_AT_ONCE -> null;
                case WELL, SLOWLY, BREAKS_OFF, STOPS_WITHOUT_END, HANGS, ENDS_TWICE -> goOn();
            };
        }

        private @Nullable Input goOn() {
            if (thinks) {
                thinks = world.chance(0.5);
                return new Input.Generated(new Thinking("Well"));
            }
            if (said >= breakAt) {
                return switch (manner) {
                    case BREAKS_OFF, STOPS_WITHOUT_END -> fail();
                    case HANGS -> null;
                    default -> end();
                };
            }
            int from = said;
            said = Math.min(breakAt, said + 1 + world.upTo(plan.scenario().pieceChars));
            return new Input.Generated(new Content(answer.substring(from, said)));
        }

        private Input fail() {
            ends = 2;
            return new Input.Failed(
                    new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, "The model's service failed.", null, true));
        }

        private Input end() {
            ends += manner == Manner.ENDS_TWICE ? 1 : 2;
            ModelPiece end = new Finished("stop", null);
            return new Input.Generated(end);
        }
    }
}
