package dev.parley.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.text.SimpleDateFormat;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import org.junit.jupiter.api.Test;

/** No code of Parley uses the default locale: it changes the digits and letters of what other programs read. */
class DefaultLocaleTest {

    private static final JavaClasses PARLEY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.parley");

    private static final List<LocaleDependent> LOCALE_DEPENDENT = List.of(
            new LocaleDependent(String.class, "format"),
            new LocaleDependent(String.class, "formatted"),
            new LocaleDependent(String.class, "toLowerCase"),
            new LocaleDependent(String.class, "toUpperCase"),
            new LocaleDependent(PrintStream.class, "format"),
            new LocaleDependent(PrintStream.class, "printf"),
            new LocaleDependent(PrintWriter.class, "format"),
            new LocaleDependent(PrintWriter.class, "printf"),
            new LocaleDependent(Formatter.class, "<init>"),
            new LocaleDependent(Scanner.class, "<init>"),
            new LocaleDependent(MessageFormat.class, "<init>"),
            new LocaleDependent(MessageFormat.class, "format"),
            new LocaleDependent(DecimalFormat.class, "<init>"),
            new LocaleDependent(NumberFormat.class, "getInstance"),
            new LocaleDependent(NumberFormat.class, "getIntegerInstance"),
            new LocaleDependent(NumberFormat.class, "getNumberInstance"),
            new LocaleDependent(NumberFormat.class, "getPercentInstance"),
            new LocaleDependent(SimpleDateFormat.class, "<init>"),
            new LocaleDependent(DateTimeFormatter.class, "ofPattern"));

    @Test
    void text_is_formatted_with_an_explicit_locale() {
        noClasses()
                .should()
                .accessTargetWhere(target(usesTheDefaultLocale()))
                .because("the default locale changes digits and letters of what other programs read: pass Locale.ROOT;"
                        + " if the method takes no locale, use String.format(Locale.ROOT, ...)")
                .check(PARLEY);
    }

    private static DescribedPredicate<AccessTarget> usesTheDefaultLocale() {
        return DescribedPredicate.describe(
                "uses the default locale",
                target -> target instanceof AccessTarget.CodeUnitAccessTarget called
                        && LOCALE_DEPENDENT.stream()
                                .anyMatch(each -> target.getOwner().isAssignableTo(each.owner())
                                        && target.getName().equals(each.name()))
                        && called.getRawParameterTypes().stream()
                                .noneMatch(parameter -> parameter.isEquivalentTo(Locale.class)));
    }

    /** A method that uses the default locale if it is not given another one. */
    private record LocaleDependent(Class<?> owner, String name) {}
}
