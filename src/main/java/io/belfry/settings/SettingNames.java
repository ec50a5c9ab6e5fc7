package io.belfry.settings;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The names of all settings, read from [BelfryProperties], in both spellings.
public final class SettingNames {
  private static final int PREFIX_LENGTH = "belfry.".length();
  private static final List<String> ALL = names("belfry", BelfryProperties.class).toList();

  private SettingNames() {}

  /// As in a file or on a command line: `belfry.data-dir`.
  public static List<String> all() {
    return ALL;
  }

  /// Whether an environment variable names a setting, as Spring Boot maps them: dots become `_`,
  /// dashes vanish (or, as of old, become `_`), a list's index is appended.
  public static boolean isVariable(String variable) {
    String plain = variable.toUpperCase(Locale.ROOT).replaceFirst("(_\\d+)+_?$", "");
    return ALL.stream()
        .anyMatch(name -> variable(name).equals(plain) || legacy(name).equals(plain));
  }

  /// Whether `property` names a setting, in whichever of its relaxed forms.
  public static boolean isProperty(String property) {
    String plain = uniform(property.replaceFirst("\\[\\d+]$", ""));
    return ALL.stream().anyMatch(name -> uniform(name).equals(plain));
  }

  /// The variable that this one is most likely meant to be.
  public static String nearestVariable(String variable) {
    return nearest(variable.toUpperCase(Locale.ROOT), ALL.stream().map(SettingNames::variable));
  }

  /// The setting that this one is most likely meant to be.
  public static String nearestProperty(String property) {
    return nearest(property, ALL.stream());
  }

  private static String variable(String name) {
    return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static String legacy(String name) {
    return name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static String uniform(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static String nearest(String name, Stream<String> candidates) {
    return candidates
        .min(Comparator.comparingInt(candidate -> farness(name, candidate)))
        .orElseThrow();
  }

  private static Stream<String> names(String prefix, Class<?> type) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + dashed(component.getName());
      if (component.getType().isRecord()) {
        names(name, component.getType()).forEach(names::add);
      } else {
        names.add(name);
      }
    }
    return names.stream();
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  // Who leaves out the group is nearer than the letters say: BELFRY_SECRET, BELFRY_TTL.
  private static int farness(String name, String candidate) {
    String afterPrefix = name.substring(PREFIX_LENGTH);
    String afterGroup = candidate.replaceFirst(".*[._]", "");
    return Math.min(distance(name, candidate), distance(afterPrefix, afterGroup) + 1);
  }

  /// How many letters have to be put in, left out or changed (Levenshtein).
  private static int distance(String one, String other) {
    int[] above = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[other.length() + 1];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[other.length()];
  }
}
