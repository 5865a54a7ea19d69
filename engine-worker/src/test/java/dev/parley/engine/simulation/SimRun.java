package dev.parley.engine.simulation;

import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.run.ClaimWriter;
import dev.parley.engine.run.ClaimWriter.Step;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Run;
import dev.parley.engine.run.RunSettings;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.kafka.EventRecords;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A run whose threads are turns that the simulation gives it. */
final class SimRun implements Run {
    private final World world;
    private final SimWorker worker;
    private final Order order;
    private final ClaimWriter writer;
    private final EventRecords records;
    private final @Nullable Written known;
    private boolean inFlight;
    private @Nullable String said;
    private boolean done;
    private boolean spent;
    private long sentTo = NOTHING_WRITTEN;
    private long lastOffset = NOTHING_WRITTEN;

    /** @param known what a mutant takes for the stream's past */
    SimRun(World world, SimWorker worker, Order order, RunSettings settings, @Nullable Written known) {
        this.world = world;
        this.worker = worker;
        this.order = order;
        this.records = new EventRecords(worker.name);
        boolean takesOver = order.task() instanceof Order.Task.TakeOver;
        this.writer = new ClaimWriter(
                order,
                takesOver
                        ? null
                        : new Input.Started("ai-" + worker.name, new StartMetadata("sim", "sim-1", "general", null)),
                settings,
                Limits.DEFAULT,
                worker.name,
                world.nanos());
        this.known = takesOver ? known : null;
    }

    /** Takes a turn. @return whether it has more to do */
    boolean turn() {
        speak();
        while (!inFlight && !done) {
            switch (writer.next(world.nanos(), Instant.ofEpochMilli(world.nowMs()))) {
                case Step.AppendEvent(var event, long _) ->
                    send(records.event(0, order.address().session(), order.claim(), event, null));
                case Step.AppendControl(var control, int n) ->
                    send(records.control(0, order.address().session(), order.claim(), n, control, null));
                case Step.AskModel(String answerSoFar) -> ask(answerSoFar);
                case Step.Rest _ -> {
                    return true;
                }
                case Step.Done _ -> done = true;
            }
        }
        return !done;
    }

    private void ask(String answerSoFar) {
        String answer = SimModel.answer(order.stream());
        if (!answer.startsWith(answerSoFar)) {
            throw new Violation("the answer so far of " + order.stream() + " is no beginning of the model's");
        }
        said = answerSoFar;
    }

    private void speak() {
        String sofar = said;
        if (sofar == null || !writer.wantsModel() || world.chance(0.6)) {
            return;
        }
        String answer = SimModel.answer(order.stream());
        if (sofar.length() == answer.length()) {
            writer.hear(new Input.Said(new ModelPiece.Finished("stop", null)), world.nanos());
            said = null;
            return;
        }
        int next = Math.min(answer.length(), sofar.length() + 1 + world.upTo(12));
        writer.hear(new Input.Said(new ModelPiece.Content(answer.substring(sofar.length(), next))), world.nanos());
        said = answer.substring(0, next);
    }

    /** Most sends arrive and are acknowledged; some arrive and are not, some come late, some never. */
    private void send(ProducerRecord<String, byte[]> record) {
        inFlight = true;
        double fate = world.random.nextDouble();
        boolean faulty = worker.faults() && fate < 0.06;
        long travel = 1 + world.upTo(faulty ? 4_000 : 15);
        if (!faulty || fate < 0.04) {
            world.after(travel, () -> sentTo = world.events.append(record, world.nowMs()));
        }
        boolean acknowledged = !faulty || fate < 0.01;
        long answer = acknowledged ? travel + 1 + world.upTo(10) : SimWorker.LEASE.toMillis();
        world.after(answer, () -> worker.deliver(() -> settle(acknowledged)));
    }

    private void settle(boolean acknowledged) {
        inFlight = false;
        if (acknowledged) {
            lastOffset = sentTo;
            writer.appended(world.nanos());
            if (known != null) {
                writer.won(known, 0, world.nanos()); // a mutant: the log has not said so
            }
        } else if (worker.mutant != Mutant.SPENT_CLAIM_USED_AGAIN) {
            spent = true;
            writer.failed();
        }
    }

    @Override
    public Order order() {
        return order;
    }

    @Override
    public void stop(StopReason reason) {
        writer.stop(reason);
    }

    @Override
    public void won(Written written, long elapsedMs) {
        writer.won(written, elapsedMs, world.nanos());
    }

    @Override
    public void lost() {
        writer.lost();
    }

    @Override
    public void release(String reason) {
        writer.release(reason);
    }

    @Override
    public boolean spent() {
        return spent;
    }

    @Override
    public boolean foundOver() {
        return false;
    }

    @Override
    public long lastOffset() {
        return lastOffset;
    }

    /** Whether the stream's end is in the log, as far as this run knows. */
    boolean ended() {
        return writer.written().isOver();
    }
}
