package dev.parley.service.startup;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.ConstraintMapping;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Lets {@link Min} and {@link Max} bound a {@link DataSize}, in bytes. */
final class DataSizeBounds {

    private DataSizeBounds() {}

    static ConstraintMapping mapping(HibernateValidatorConfiguration configuration) {
        ConstraintMapping mapping = configuration.createConstraintMapping();
        mapping.constraintDefinition(Min.class).includeExistingValidators(true).validatedBy(AtLeast.class);
        mapping.constraintDefinition(Max.class).includeExistingValidators(true).validatedBy(AtMost.class);
        return mapping;
    }

    /** {@link Min}; an absent size is valid. */
    public static final class AtLeast implements ConstraintValidator<Min, DataSize> {

        private long bound;

        @Override
        public void initialize(Min constraint) {
            bound = constraint.value();
        }

        @Override
        public boolean isValid(@Nullable DataSize size, ConstraintValidatorContext context) {
            return size == null || size.toBytes() >= bound;
        }
    }

    /** {@link Max}; an absent size is valid. */
    public static final class AtMost implements ConstraintValidator<Max, DataSize> {

        private long bound;

        @Override
        public void initialize(Max constraint) {
            bound = constraint.value();
        }

        @Override
        public boolean isValid(@Nullable DataSize size, ConstraintValidatorContext context) {
            return size == null || size.toBytes() <= bound;
        }
    }
}
