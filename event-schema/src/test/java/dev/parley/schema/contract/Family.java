package dev.parley.schema.contract;

import dev.parley.schema.command.Command;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import java.util.Locale;
import java.util.stream.Stream;

/** A sealed family of frames. Its schemas and its golden files are in folders with its name. */
enum Family {
    CLIENT(ClientFrame.class),
    SERVER(ServerFrame.class),
    COMMANDS(Command.class),
    EVENTS(ChatEvent.class);

    private final Vocabulary<?> vocabulary;

    Family(Class<?> family) {
        this.vocabulary = Vocabulary.of(family);
    }

    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    Stream<WireType> types() {
        return vocabulary.names().stream().map(name -> new WireType(this, name, typeOf(name)));
    }

    Decoded<?> decode(byte[] frame) {
        return FrameCodec.decode(frame, vocabulary);
    }

    private Class<? extends Record> typeOf(String name) {
        return vocabulary.typeOf(name).orElseThrow().asSubclass(Record.class);
    }
}
