package dev.parley.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoException;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.ProducerKind;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The dependencies between modules, and the purity of their cores. Each failure says what to do. */
class ArchitectureTest {

    private static final JavaClasses PARLEY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.parley");

    /** Packages that decide and fold. */
    private static final List<String> CORES = List.of(
            "dev.parley.schema.id",
            "dev.parley.schema.command",
            "dev.parley.schema.event",
            "dev.parley.schema.connection",
            "dev.parley.schema.log",
            "dev.parley.engine.stream",
            "dev.parley.engine.state",
            "dev.parley.engine.coordinator",
            "dev.parley.gateway.relay",
            "dev.parley.store.archive",
            "dev.parley.store.turn",
            "dev.parley.projection.turn");

    private static final String[] OUTSIDE_WORLD = {
        "org.apache.kafka..",
        "org.springframework..",
        "com.mongodb..",
        "org.bson..",
        "jakarta..",
        "java.io..",
        "java.net..",
        "java.nio.channels..",
        "java.nio.file..",
        "java.util.concurrent..",
        "org.slf4j.."
    };

    private static final List<String> KAFKA_CLIENTS = List.of(
            KafkaProducer.class.getName(),
            KafkaConsumer.class.getName(),
            KafkaShareConsumer.class.getName(),
            "org.springframework.kafka.core.DefaultKafkaConsumerFactory",
            "org.springframework.kafka.core.KafkaAdmin");

    private static final Set<String> EMPTY_NAMES =
            Set.of("util", "utils", "common", "commons", "impl", "manager", "managers", "helper", "helpers", "misc");

    /** A module by its package, and what it may use of the others. */
    private enum Module {
        SCHEMA("schema"),
        SERVICE("service"),
        EMBEDDED("embedded"),
        STORE("store", "schema"),
        TOKEN("token", "schema"),
        PROVIDERS("providers", "service"),
        PROMPT("prompt", "schema", "service", "store", "providers"),
        GATEWAY("gateway", "schema", "service", "store", "token"),
        ENGINE("engine", "schema", "service", "store", "providers", "prompt"),
        PROJECTION("projection", "schema", "service", "store"),
        CLI("cli", "schema", "service", "store", "token", "projection"),
        STANDALONE(
                "standalone",
                "schema",
                "service",
                "embedded",
                "store",
                "token",
                "providers",
                "prompt",
                "gateway",
                "engine",
                "projection");

        private final String name;
        private final List<String> mayUse;

        Module(String name, String... mayUse) {
            this.name = name;
            this.mayUse = List.of(mayUse);
        }

        /** Empty for STANDALONE, which may use all modules. */
        String[] mayNotUse() {
            return Stream.of(values())
                    .filter(other -> other != this && !mayUse.contains(other.name))
                    .map(Module::packages)
                    .toArray(String[]::new);
        }

        String packages() {
            return "dev.parley." + name + "..";
        }
    }

    @ParameterizedTest
    @EnumSource(names = "STANDALONE", mode = EnumSource.Mode.EXCLUDE)
    void a_module_uses_only_what_it_may(Module module) {
        noClasses()
                .that()
                .resideInAPackage(module.packages())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(module.mayNotUse())
                .because(
                        "services meet in Kafka only, and no module depends on standalone: move what two of them need to"
                                + " event-schema if it is contract, to conversation-store if it is about documents, else to"
                                + " service-support, or let one tell the other by an event")
                .check(PARLEY);
    }

    @ParameterizedTest
    @FieldSource("CORES")
    void a_core_knows_no_kafka_spring_mongo_http_files_or_threads(String core) {
        noClasses()
                .that()
                .resideInAPackage(core)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(OUTSIDE_WORLD)
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class)
                .because("a core is a pure function of its inputs, so that tests and simulations can drive it: return"
                        + " what is to be done as a value, and let the code around the core do it")
                .check(PARLEY);
    }

    @ParameterizedTest
    @FieldSource("CORES")
    void a_core_uses_no_clock_and_no_randomness(String core) {
        noClasses()
                .that()
                .resideInAPackage(core)
                .should()
                .accessTargetWhere(target(isClockOrRandomness()))
                .because("time, randomness and new ids are arguments of a core: take them from the caller")
                .check(PARLEY);
    }

    @Test
    void only_the_kafka_package_of_the_schema_knows_kafka() {
        noClasses()
                .that()
                .resideInAPackage("dev.parley.schema..")
                .and()
                .resideOutsideOfPackage("dev.parley.schema.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "dev.parley.schema.kafka..")
                .because("the contract holds also where there is no Kafka, as in clients and tests: put what touches"
                        + " records into dev.parley.schema.kafka")
                .check(PARLEY);
    }

    @Test
    void the_schema_brings_no_framework() {
        noClasses()
                .that()
                .resideInAPackage("dev.parley.schema..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "com.mongodb..",
                        "org.bson..",
                        "jakarta..",
                        "io.micrometer..",
                        "io.opentelemetry..",
                        "java.net.http..")
                .because("every reader of the topics uses event-schema: what only services need belongs in the service"
                        + " that does, or, if two do, in service-support")
                .check(PARLEY);
    }

    /** {@link MongoException} is how reads and writes fail, and callers decide what that means to them. */
    @Test
    void only_the_store_uses_mongodb() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.parley.store..", "dev.parley.embedded..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.mongodb..", "org.bson..")
                        .and(DescribedPredicate.not(equivalentTo(MongoException.class))))
                .because(
                        "names of collections and fields, and what both MongoDB and the embedded store can do, are known"
                                + " in one place: put reads into dev.parley.store.read, writes into dev.parley.store.write")
                .check(PARLEY);
    }

    @Test
    void kafka_clients_are_made_in_one_place() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.parley.service.kafka.client")
                .should()
                .accessTargetWhere(target(makesAKafkaClient()))
                .because(
                        "the settings of a client keep records from being lost, late or read twice: use KafkaClients, and"
                                + " add a ProducerKind, ConsumerKind or AdminKind if none fits")
                .check(PARLEY);
        classes()
                .that(callAConstructorOf("org.springframework.kafka.core.DefaultKafkaProducerFactory"))
                .should()
                .callMethod(KafkaClients.class, "settings", ProducerKind.class)
                .because("a library's producers need the same settings: give it KafkaClients.settings")
                .check(PARLEY);
    }

    private static DescribedPredicate<AccessTarget> makesAKafkaClient() {
        return DescribedPredicate.describe("makes a Kafka client", target -> {
            JavaClass owner = target.getOwner();
            return target.getName().equals("<init>") && KAFKA_CLIENTS.stream().anyMatch(owner::isAssignableTo)
                    || target.getName().equals("create") && owner.isAssignableTo(Admin.class);
        });
    }

    private static DescribedPredicate<JavaClass> callAConstructorOf(String type) {
        return DescribedPredicate.describe(
                "call a constructor of " + type,
                each -> each.getConstructorCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isAssignableTo(type)));
    }

    @Test
    void packages_of_a_module_form_no_cycles() {
        slices().matching("dev.parley.(*).(*)..")
                .should()
                .beFreeOfCycles()
                .because(
                        "packages without cycles can be read one after the other: move what both sides need into a package"
                                + " below them, or reverse one of the dependencies with an interface")
                .check(PARLEY);
    }

    @Test
    void packages_are_named_for_what_they_do() {
        List<String> unnamed = packages()
                .map(JavaPackage::getName)
                .filter(name -> Stream.of(name.split("\\.")).anyMatch(EMPTY_NAMES::contains))
                .toList();

        assertThat(unnamed)
                .as(
                        "a package is named for what it does, never %s: move its classes to where they are used",
                        EMPTY_NAMES)
                .isEmpty();
    }

    @Test
    void every_package_is_null_marked() {
        List<String> unmarked = packages()
                .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();

        assertThat(unmarked)
                .as("NullAway looks only at marked packages: add a package-info.java with @NullMarked and a line"
                        + " on what the package does")
                .isEmpty();
    }

    private static Stream<JavaPackage> packages() {
        return PARLEY.stream().map(JavaClass::getPackage).distinct();
    }

    private static DescribedPredicate<AccessTarget> isClockOrRandomness() {
        return DescribedPredicate.describe("reads a clock or creates random values", target -> {
            JavaClass owner = target.getOwner();
            String name = target.getName();
            return owner.isEquivalentTo(System.class)
                            && Set.of("nanoTime", "currentTimeMillis").contains(name)
                    || owner.isEquivalentTo(Math.class) && name.equals("random")
                    || owner.isEquivalentTo(UUID.class) && name.equals("randomUUID")
                    || owner.isEquivalentTo(Clock.class)
                    || owner.getPackageName().equals(Instant.class.getPackageName()) && name.equals("now")
                    || owner.isAssignableTo(Random.class)
                    || owner.isAssignableTo(RandomGenerator.class);
        });
    }
}
