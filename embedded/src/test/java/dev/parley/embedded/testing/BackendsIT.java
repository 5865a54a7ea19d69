package dev.parley.embedded.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.bson.Document;
import org.junit.jupiter.api.Test;

@WithBackends
class BackendsIT {

    private final Backends backends;

    BackendsIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    void a_test_gets_a_working_broker_and_store() throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", backends.bootstrapServers()));
                var mongo = MongoClients.create(backends.mongoUri())) {
            admin.createTopics(List.of(new NewTopic(Backends.unique("topic"), Optional.of(2), Optional.empty())))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            var things = mongo.getDatabase(Backends.unique("db")).getCollection("things");
            things.insertOne(new Document("_id", 1));
            assertThat(things.countDocuments()).isEqualTo(1);
        }
    }

    @Test
    void all_tests_of_the_module_share_broker_and_store(Backends injected) {
        assertThat(injected).isSameAs(backends).isSameAs(Backends.shared());
    }
}
