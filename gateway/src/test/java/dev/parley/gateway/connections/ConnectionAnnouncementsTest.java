package dev.parley.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one gateway announces, and what another one knows by it. */
class ConnectionAnnouncementsTest {

    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private final Map<UserId, Integer> all = new HashMap<>();
    private final Map<UserId, Integer> changed = new HashMap<>();
    private final AnnouncementSchedule schedule = new AnnouncementSchedule("one", new AnnouncementSchedule.Source() {
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
    void a_gateway_knows_the_current_connections_of_another() {
        has(ADA, 2);
        has(BOB, 1);
        announce();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
        has(ADA, 3);
        has(BOB, 0);
        announce();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(3);
        assertThat(other.connectionsOf(BOB, nowMs)).isZero();
    }

    @Test
    void a_thousand_connects_in_a_second_are_one_record() {
        for (int i = 0; i < 1_000; i++) {
            has(new UserId("user" + i), 1);
        }
        assertThat(schedule.next(nowMs)).hasSize(1);
    }

    @Test
    void users_that_do_not_fit_into_one_record_are_announced_in_several_and_only_the_first_replaces() {
        for (int i = 0; i < 2 * AnnouncementSchedule.USERS_PER_RECORD + 1; i++) {
            has(new UserId("user" + i), 1);
        }
        List<Announcement> announcements = schedule.next(nowMs);
        assertThat(announcements).extracting(Announcement::whole).containsExactly(true, false, false);
        announcements.forEach(each -> other.onAnnouncement(each, nowMs));
        for (UserId user : all.keySet()) {
            assertThat(other.connectionsOf(user, nowMs)).isEqualTo(1);
        }
    }

    @Test
    void a_gateway_without_connections_announces_nothing() {
        for (int second = 0; second < 200; second++) {
            assertThat(schedule.next(nowMs)).isEmpty();
            nowMs += 1_000;
        }
    }

    @Test
    void a_running_gateway_counts_however_long_nothing_changes() {
        has(ADA, 2);
        int records = 0;
        for (int second = 0; second < 200; second++) {
            records += announce();
            assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
            nowMs += 1_000;
        }
        assertThat(records).isBetween(95, 110);
    }

    @Test
    void the_connections_of_a_gateway_that_dies_are_dropped_after_its_lease() {
        has(ADA, 2);
        announce();
        nowMs += RemoteConnections.LEASE_MS;
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
        nowMs += 1;
        assertThat(other.connectionsOf(ADA, nowMs)).isZero();
    }

    @Test
    void a_gateway_that_was_silent_for_a_lease_counts_again_after_its_next_full_announcement() {
        has(ADA, 2);
        announce();
        nowMs += AnnouncementSchedule.FULL_INTERVAL_MS;
        announce();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(2);
    }

    @Test
    void a_failed_announcement_is_repeated() {
        has(ADA, 2);
        announce();
        has(ADA, 5);
        schedule.next(nowMs); // it does not arrive
        schedule.onSendFailed();
        nowMs += 1_000;
        announce();
        assertThat(other.connectionsOf(ADA, nowMs)).isEqualTo(5);
    }

    @Test
    void a_new_gateway_knows_all_connections_after_a_minute_at_most() {
        has(ADA, 2);
        announce();
        RemoteConnections late = new RemoteConnections("late");
        nowMs += AnnouncementSchedule.FULL_INTERVAL_MS;
        schedule.next(nowMs).forEach(each -> late.onAnnouncement(each, nowMs));
        assertThat(late.connectionsOf(ADA, nowMs)).isEqualTo(2);
    }

    @Test
    void a_stopping_gateway_announces_it_and_no_gateway_counts_itself() {
        has(ADA, 2);
        announce();
        RemoteConnections itself = new RemoteConnections("one");
        itself.onAnnouncement(new Announcement("one", true, Map.of(ADA, 2)), nowMs);
        assertThat(itself.connectionsOf(ADA, nowMs)).isZero();
        other.onAnnouncement(schedule.lastAnnouncement(), nowMs);
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

    private int announce() {
        List<Announcement> announcements = schedule.next(nowMs);
        announcements.forEach(each -> other.onAnnouncement(each, nowMs));
        return announcements.size();
    }
}
