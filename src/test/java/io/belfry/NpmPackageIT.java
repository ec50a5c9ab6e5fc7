package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files of the browser client as a node serves them, and what npm makes of its package.
class NpmPackageIT {
  @TempDir static Path directory;
  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(directory.resolve("data"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void isServedToEveryoneWithTheRightTypes() {
    assertType("/belfry.js", "text/javascript");
    assertType("/belfry.d.ts", "text/plain");
    assertType("/belfry.tgz", "application/gzip");
  }

  private static void assertType(String path, String type) {
    Answer answer = node.asNobody().get(path);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith(type);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void isInstalledByNpmAndImportedWhereThereIsNoBrowser() throws Exception {
    assumeTrue(isOnPath("npm"), "no npm on the PATH");
    Path project = Files.createDirectory(directory.resolve("project"));
    Files.writeString(project.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
    Path tgz = project.resolve("belfry.tgz");
    Files.write(tgz, node.asNobody().get("/belfry.tgz").body());
    run(project, "npm", "install", "--offline", "--no-audit", "--no-fund", "./belfry.tgz");

    String script =
        "import { Belfry } from 'belfry'; const b = new Belfry({ token: 't' });"
            + " b.subscribe('/topic/news', () => {}); await b.close(); console.log(b.state);";
    assertThat(run(project, "node", "--input-type=module", "-e", script)).contains("closed");
    try (Stream<Path> files = Files.list(project.resolve("node_modules/belfry"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("belfry.js", "belfry.d.ts", "react.js", "react.d.ts", "LICENSE");
    }
  }

  private static boolean isOnPath(String command) {
    boolean isThere =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, command)));
    if (!isThere) {
      System.out.println("Skipped, for want of " + command + ": installing the npm package");
    }
    return isThere;
  }

  private static String run(Path directory, String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
