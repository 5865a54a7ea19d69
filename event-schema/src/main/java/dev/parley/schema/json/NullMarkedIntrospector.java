package dev.parley.schema.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Makes the components of {@code @NullMarked} records required and not null, unless they are {@link Nullable} or are omitted when they
 * have their default value.
 */
final class NullMarkedIntrospector extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        RecordComponent component = component(member);
        return component == null ? super.hasRequiredMarker(config, member) : Boolean.valueOf(isRequired(component));
    }

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated member) {
        RecordComponent component = component(member);
        return component != null && isRequired(component)
                ? JsonSetter.Value.forValueNulls(Nulls.FAIL)
                : super.findSetterInfo(config, member);
    }

    private static boolean isRequired(RecordComponent component) {
        JsonInclude include = component.getAccessor().getAnnotation(JsonInclude.class);
        boolean leftOutByDefault = include != null && include.value() == JsonInclude.Include.NON_DEFAULT;
        return !leftOutByDefault && !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable RecordComponent component(Annotated member) {
        if (member instanceof AnnotatedParameter parameter) {
            RecordComponent[] components =
                    parameter.getOwner().getDeclaringClass().getRecordComponents();
            if (components != null && parameter.getOwner().getParameterCount() == components.length) {
                return components[parameter.getIndex()];
            }
        }
        return null;
    }
}
