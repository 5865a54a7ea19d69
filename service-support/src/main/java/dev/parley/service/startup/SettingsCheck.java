package dev.parley.service.startup;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Checks all records of settings of an application before any bean is created. If some settings cannot be used, the start fails with a
 * {@link SettingException} that names all of them. A name under {@code parley.} that no record binds is logged as a warning.
 *
 * <p>To be imported by the configuration of each service. It finds the records in the bean definitions.
 */
public final class SettingsCheck implements BeanFactoryPostProcessor, EnvironmentAware, PriorityOrdered {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsCheck.class);
    private static final String OURS = "dev.parley.";

    private ConfigurableEnvironment environment = new org.springframework.core.env.StandardEnvironment();

    @Override
    public void setEnvironment(Environment given) {
        environment = (ConfigurableEnvironment) given;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /** @throws SettingException if there are settings that cannot be used */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        Map<String, Class<?>> records = records(beans);
        SettingNames known = SettingNames.none();
        Set<String> groups = new HashSet<>();
        FormerNames former = new FormerNames();
        records.values().forEach(type -> former.add(prefix(type), type));
        former.applyTo(environment, SettingsCheck::warnOfFormerName);
        Problems problems = new Problems(environment);
        try (SettingsBinder binder = new SettingsBinder(environment, problems)) {
            for (Class<?> type : records.values()) {
                String prefix = prefix(type);
                known.add(prefix, type);
                groups.add(prefix);
                binder.check(prefix, type);
            }
        }
        new KafkaCheck(environment).check(problems);
        new UnknownSettings(known, former.all(), groups).in(environment).forEach(LOG::warn);
        problems.throwIfAny();
    }

    private static void warnOfFormerName(String former, String present) {
        LOG.warn(
                "{} is the former name of {}, and still works. Use the new name.",
                SettingNames.both(former),
                SettingNames.both(present));
    }

    private static String prefix(Class<?> type) {
        return type.getAnnotation(ConfigurationProperties.class).value();
    }

    /** Sorted by class name, so that the order is stable. */
    private static Map<String, Class<?>> records(ConfigurableListableBeanFactory beans) {
        Map<String, Class<?>> records = new TreeMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            if (name.startsWith(Groups.ROOT) && name.contains("-" + OURS)) {
                Class<?> type = beans.getType(name, false);
                if (type != null && type.isRecord() && type.isAnnotationPresent(ConfigurationProperties.class)) {
                    records.put(type.getName(), type);
                }
            }
        }
        return records;
    }
}
