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

  private static Path install(String name) throws Exception {
    assumeTrue(isOnPath("npm"), "no npm on the PATH");
    Path project = Files.createDirectory(directory.resolve(name));
    Files.writeString(project.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
    Path tgz = project.resolve("belfry.tgz");
    Files.write(tgz, node.asNobody().get("/belfry.tgz").body());
    run(project, "npm", "install", "--offline", "--no-audit", "--no-fund", "./belfry.tgz");
    return project;
  }

  @Test
  void isInstalledByNpmAndImportedWhereThereIsNoBrowser() throws Exception {
    Path project = install("project");

    String script =
        "import { Belfry } from 'belfry'; const b = new Belfry({ token: 't' });"
            + " b.subscribe('/topic/news', () => {}); await b.close(); console.log(b.state);";
    assertThat(run(project, "node", "--input-type=module", "-e", script)).contains("closed");
    try (Stream<Path> files = Files.list(project.resolve("node_modules/belfry"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("belfry.js", "belfry.d.ts", "react.js", "react.d.ts", "LICENSE");
    }
  }

  @Test
  void subscribesOnlyToWhatIsNewWhereAComponentHasOtherDestinations() throws Exception {
    Path project = install("component");
    Path react = Files.createDirectories(project.resolve("node_modules/react"));
    Files.writeString(react.resolve("package.json"), "{\"type\":\"module\",\"main\":\"index.js\"}");
    Files.writeString(
        react.resolve("index.js"),
        """
        // What the hook needs of React, for one component.
        const cells = [];
        let at, due;
        export const useRef = first => (cells[at] ??= { current: first }, cells[at++]);
        export const useState = first => (at++, [first, () => {}]);
        export const useEffect = (effect, deps) => {
          const mine = at++;
          const known = cells[mine];
          if (!known || !deps || deps.some((dep, index) => dep !== known.deps[index])) {
            due.push(() => { known?.end?.(); cells[mine] = { deps, end: effect() }; });
          }
        };
        export const render = component => { at = 0; due = []; component(); due.forEach(run => run()); };
        """);
    String script =
        """
        import { Belfry } from 'belfry';
        import { useBelfry } from 'belfry/react';
        import { render } from 'react';
        const seen = [];
        Belfry.prototype.subscribe = name => { seen.push('+' + name); return () => seen.push('-' + name); };
        const handler = () => {};
        render(() => useBelfry({ token: 't' }, { '/topic/one': handler }));
        render(() => useBelfry({ token: 't' }, { '/topic/one': handler, '/topic/two': handler }));
        render(() => useBelfry({ token: 't' }, { '/topic/two': handler }));
        console.log(seen.join(' '));
        """;
    assertThat(run(project, "node", "--input-type=module", "-e", script).strip())
        .isEqualTo("+/topic/one +/topic/two -/topic/one");
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
