package dev.parley.engine.simulation;

import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.StreamWriterState;
import dev.parley.engine.stream.WriterStep;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A stream writer without threads: the simulation gives it turns. */
final class SimStreamWriter implements ActiveStream {
    private static final StartMetadata METADATA = new StartMetadata("sim", "sim-1", "general", null);
    private static final ContextUsed CONTEXT = new ContextUsed(0, 0, false, false, null, null, null);
    private static final int PROMPT_TOKENS = 3;

    private final Scene scene;
    private final SimWorker worker;
    private final StreamTask task;
    private final EventRecords records;
    private final @Nullable Written presumed;
    private StreamWriterState writer;
    private SimModel.@Nullable Call call;
    private long dueNanos;
    private boolean done;
    private long lastOffset = NOTHING_WRITTEN;

    /** @param presumed what a mutant takes for the stream's past; null without the mutant */
    SimStreamWriter(Scene scene, SimWorker worker, StreamTask task, @Nullable Written presumed) {
        this.scene = scene;
        this.worker = worker;
        this.task = task;
        this.records = new EventRecords(worker.name);
        boolean takesOver = task.action() instanceof Decision.TakeOver;
        this.presumed = takesOver ? presumed : null;
        this.writer = writer();
    }

    private StreamWriterState writer() {
        return new StreamWriterState(
                scene.has(Mutant.START_NOT_CONFIRMED) ? unconfirmed(task) : task,
                task.action() instanceof Decision.TakeOver ? null : new Input.Started("ai-" + task.claim(), METADATA),
                scene.plan().writer(scene.mutant()),
                Limits.DEFAULT,
                worker.name,
                worker.nanos());
    }

    private static StreamTask unconfirmed(StreamTask task) {
        return task.action() instanceof Decision.Start
                ? new StreamTask(
                        task.address(), task.turn(), task.claim(), new Decision.Start(false), task.past(), false)
                : task;
    }

    /** Takes a turn. @return whether it has more to do */
    boolean turn() {
        dueNanos = Long.MAX_VALUE;
        receiveFromModel();
        while (!done) {
            Written known = writer.written();
            WriterStep step = writer.next(
                    worker.nanos(), Instant.ofEpochMilli(scene.world().nowMs()));
            switch (step) {
                case WriterStep.AppendEvent(var event, long _) -> append(step, event, known);
                case WriterStep.AppendControl(var control, int n) -> append(step, control, n, known);
                case WriterStep.AskModel(String answerSoFar) -> askModel(answerSoFar);
                case WriterStep.Rest(long until) -> {
                    dueNanos = until;
                    return true;
                }
                case WriterStep.Done _ -> done = true;
            }
        }
        return !done;
    }

    /** When it wants a turn even if nothing happens. */
    long dueNanos() {
        return dueNanos;
    }

    long modelDueMs() {
        return call == null ? Long.MAX_VALUE : call.dueMs();
    }

    private void append(WriterStep step, StreamEvent event, Written known) {
        if (event instanceof StreamEvent.StreamStart) {
            scene.monitor().starts(worker, task);
        }
        send(step, record(event), new Note(event, worker.name, known, worker.knowsStopOf(life())));
    }

    private ProducerRecord<String, byte[]> record(StreamEvent event) {
        long folded = scene.has(Mutant.STARTS_CLAIM_TO_HAVE_READ_ALL)
                ? Long.MAX_VALUE
                : task.address().folded();
        return event instanceof StreamEvent.StreamStart start
                ? records.start(partition(), task.address().session(), task.claim(), start, folded, null)
                : records.event(partition(), task.address().session(), task.claim(), event, null);
    }

    private void append(WriterStep step, Control control, int n, Written known) {
        send(step, record(control, n), new Note(control, worker.name, knownFor(control, known), false));
    }

    private ProducerRecord<String, byte[]> record(Control control, int n) {
        SessionKey session = task.address().session();
        return control instanceof StreamTakeover takeover
                ? records.takeover(
                        partition(),
                        session,
                        task.claim(),
                        n,
                        takeover,
                        task.address().folded(),
                        null)
                : records.control(partition(), session, task.claim(), n, control, null);
    }

    /** A takeover does not depend on the past, and neither does a keepalive, which may be accepted twice. */
    private static @Nullable Written knownFor(Control control, Written known) {
        return switch (control) {
            case StreamTakeover _, StreamKeepalive _ -> null;
            case StreamReleased _ -> known;
        };
    }

    private void askModel(String answerSoFar) {
        SimModel.Call begun = scene.model()
                .ask(task.stream(), answerSoFar, task.turn().context().reasoning());
        scene.monitor().asks(worker, task, answerSoFar, begun.manner);
        writer.receive(new Input.ContextFound(CONTEXT), worker.nanos());
        writer.receive(new Input.Asked(PROMPT_TOKENS), worker.nanos());
        call = begun;
    }

    private void receiveFromModel() {
        SimModel.Call open = call;
        if (open == null) {
            return;
        }
        if (!writer.wantsModel()) {
            call = null; // the connection to the model is closed
            return;
        }
        Input input = open.next();
        if (input != null) {
            writer.receive(input, worker.nanos());
        }
    }

    private StreamId life() {
        return scene.log().truth.life(task.stream());
    }

    private int partition() {
        return task.address().partition();
    }

    private void send(WriterStep step, ProducerRecord<String, byte[]> record, Note note) {
        StreamWriterState sender = writer;
        scene.network()
                .send(
                        worker,
                        partition(),
                        () -> scene.log().appendEvent(record, note),
                        offset -> acknowledged(sender, step, offset),
                        () -> failed(sender));
    }

    private void acknowledged(StreamWriterState sender, WriterStep step, long offset) {
        lastOffset = Math.max(lastOffset, offset);
        boolean _ = sender.appended(step, worker.nanos());
        if (presumed != null) {
            sender.claimConfirmed(presumed, 0, worker.nanos()); // a mutant: the log has not confirmed it
        }
    }

    private void failed(StreamWriterState sender) {
        sender.failed();
        if (scene.has(Mutant.UNCERTAIN_CLAIM_USED_AGAIN) && sender == writer) {
            call = null;
            writer = writer();
        }
    }

    @Override
    public StreamTask task() {
        return task;
    }

    @Override
    public void stop(StopReason reason) {
        if (!scene.has(Mutant.STOP_NOT_PASSED_ON)) {
            writer.stop(reason);
        }
    }

    @Override
    public void claimConfirmed(Written written, long elapsedMs) {
        writer.claimConfirmed(written, elapsedMs, worker.nanos());
    }

    @Override
    public void claimSuperseded() {
        if (!scene.has(Mutant.SUPERSEDED_CLAIM_KEPT)) {
            writer.claimSuperseded();
        }
    }

    @Override
    public void release(String reason) {
        if (!scene.has(Mutant.NOTHING_RELEASED)) {
            writer.release(reason);
        }
    }

    @Override
    public boolean claimUncertain() {
        return writer.isClaimUncertain();
    }

    @Override
    public long lastOffset() {
        return scene.has(Mutant.OWN_END_FORGOTTEN) ? NOTHING_WRITTEN : lastOffset;
    }

    /** Whether this writer knows that the stream's end is in the log. */
    boolean ended() {
        return writer.hasEnded();
    }
}
