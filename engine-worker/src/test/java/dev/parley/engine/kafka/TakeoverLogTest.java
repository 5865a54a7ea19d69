package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Turn;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Claim;
import dev.parley.service.logging.LoggedLines;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeoverLogTest {

    private final LoggedLines logged = new LoggedLines();
    private final TakeoverLog takeovers = new TakeoverLog(logged.log());

    @Test
    void takeovers_for_one_purpose_are_one_line_a_minute_with_their_count() {
        for (int partition = 0; partition < 300; partition++) {
            takeovers.log(task(partition, new Decision.TakeOver(new Purpose.Continue())));
        }
        takeovers.log(task(7, new Decision.TakeOver(new Purpose.Fail())));

        assertThat(logged.take())
                .containsExactly(
                        "A stream of partition 0 is taken over from another writer as attempt 2, to continue it",
                        "A stream of partition 7 is taken over from another writer as attempt 2, to fail it");
        logged.aMinutePasses();
        assertThat(logged.take())
                .containsExactly("A stream of partition 299 is taken over from another writer as attempt 2, to"
                        + " continue it (299 times in the last 60 s)");
        logged.aMinutePasses();
        assertThat(logged.take()).isEmpty();
    }

    @Test
    void a_stream_that_is_not_taken_over_is_not_logged() {
        takeovers.log(task(0, new Decision.Start(false)));
        takeovers.log(task(0, new Decision.Stop(StopReason.USER_CANCELLED)));

        assertThat(logged.take()).isEmpty();
    }

    private static StreamTask task(int partition, Decision.Action task) {
        UserId user = new UserId("ada");
        SessionId session = new SessionId("s");
        return new StreamTask(
                new StreamAddress(partition, new SessionKey(user, session), null, -1),
                new Turn(
                        user,
                        session,
                        new MessageId("m"),
                        "hi",
                        null,
                        new ChatContext(null, null, false, null, null, null)),
                new Claim(2, "b"),
                task,
                List.of(),
                false);
    }
}
