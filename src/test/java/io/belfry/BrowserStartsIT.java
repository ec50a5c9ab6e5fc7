package io.belfry;

import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Tab.Setup;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `/belfry.js` in a real browser: handlers that say where they start, beside those that do not.
class BrowserStartsIT extends BrowserTest {
  @Test
  void startsWhereItIsToldOnceAndNotAgainAtReconnects() throws Exception {
    try (StallingProxy network = StallingProxy.to(node().webSocket().getPort())) {
      Tab first = open(network.address(), Setup.of("fran"));
      push("fran", "1");
      push("fran", "2");
      first.awaitBodies(1, 2);
      awaitNothingPends("fran");
      Tab again = open(network.address(), Setup.of("fran").with("from: 'earliest'"));
      again.awaitBodies(1, 2);
      network.cut();
      push("fran", "3");
      again.awaitBodies(1, 2, 3);
      first.awaitBodies(1, 2, 3);
      awaitNothingPends("fran");
    }
  }

  @Test
  void startsEachTabWhereItIsTold() throws Exception {
    try (StallingProxy network = StallingProxy.to(node().webSocket().getPort())) {
      push("fred", "1");
      push("fred", "2");
      Tab last = open(network.address(), Setup.of("fred").with("from: 'latest'"));
      Tab first = open(network.address(), Setup.of("fred").with("from: 'earliest'"));
      Tab again = open(network.address(), Setup.of("fred").with("from: 'earliest'"));
      first.awaitBodies(1, 2);
      again.awaitBodies(1, 2);
      network.cut();
      push("fred", "3");
      for (Tab tab : List.of(first, again)) {
        tab.awaitBodies(1, 2, 3);
      }
      last.awaitBodies(3);
      awaitNothingPends("fred");
      awaitSessions("fred", 1);
    }
  }

  @Test
  void readsAllAgainBesideAHandlerThatStartsAtTheEnd() throws Exception {
    int entries = 600; // more than two windows
    for (int body = 1; body <= entries; body++) {
      push("paul", "" + body);
    }
    Tab last = open(Setup.of("paul").with("from: 'latest'"));
    Tab first = open(Setup.of("paul").with("from: 'earliest'"));
    eventually().untilAsserted(() -> assertThat(first.bodies()).hasSize(entries));
    assertThat(first.offsets()).isSorted().doesNotHaveDuplicates();
    last.awaitBodies();
    awaitNothingPends("paul");
  }

  @Test
  void waitsForTheHandlersOfAllVisibleTabsWhereverTheyStart() throws Exception {
    Tab slow = open(Setup.of("wera").with("from: 'latest'").handledBy(KEPT_WAITING));
    Tab fast = open(Setup.of("wera"));
    push("wera", "1");
    slow.awaitBodies(1);
    fast.awaitBodies(1);
    push("wera", "2");
    fast.awaitBodies(1, 2); // so what it said of the first one has been heard
    assertThat(pending("wera")).isEqualTo(2);
    slow.setVisible(false);
    awaitNothingPends("wera");
  }

  @Test
  void givesARefusedMessageAgainThoughAHandlerThatStartsElsewhereHasIt() throws Exception {
    Tab tab =
        open(
            Setup.of("rosa")
                .with("from: 'latest'")
                .handledBy(
                    "() => { if (!window.once) { window.once = true; throw new Error('not now'); } }"));
    Tab other = open(Setup.of("rosa"));
    push("rosa", "1");
    tab.awaitBodies(1, 1);
    awaitNothingPends("rosa");
    other.awaitBodies(1);
  }

  @Test
  void comesBackToWhatOthersStillNeedThoughAHandlerThatStartsElsewhereHasIt() throws Exception {
    try (StallingProxy network = StallingProxy.to(node().webSocket().getPort())) {
      Tab fast = open(network.address(), Setup.of("elli").with("from: 'earliest'"));
      Tab slow = open(network.address(), Setup.of("elli").handledBy(KEPT_WAITING));
      push("elli", "1");
      fast.awaitBodies(1);
      slow.awaitBodies(1);
      network.cut();
      push("elli", "2");
      fast.awaitBodies(1, 2);
      assertThat(pending("elli")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "from: 'latest'"})
  void keepsWhatATabRefusedThoughAnotherStartsAtTheEnd(String start) throws Exception {
    String user = "lena-" + start.length();
    Tab tab =
        open(
            Setup.of(user)
                .with(start)
                .handledBy("() => { if (!window.calm) { throw new Error('not now'); } }"));
    push(user, "1");
    tab.awaitBodies(1);
    open(Setup.of(user).with("from: 'latest'"));
    int before = (int) tab.run("() => { window.calm = true; return bodies.length; }");
    eventually().until(() -> tab.bodies().size() > before);
    awaitNothingPends(user);
  }

  @Test
  void keepsWhatATabRefusesThoughAnotherStartsAfterIt() throws Exception {
    Tab tab =
        open(
            Setup.of("leni")
                .handledBy(
                    "() => window.calm || new Promise((_, refuse) => { window.refuse = refuse; })"));
    push("leni", "1");
    tab.awaitBodies(1);
    open(Setup.of("leni").with("from: " + tab.offsets().getFirst()));
    tab.run("() => { window.calm = true; refuse(new Error('not now')); }");
    tab.awaitBodies(1, 1);
    awaitNothingPends("leni");
  }

  @Test
  void keepsWhatATabRefusedThoughAnotherStartsAfterIt() throws Exception {
    Tab tab =
        open(
            Setup.of("lene")
                .handledBy("() => { if (!window.calm) { throw new Error('not now'); } }"));
    push("lene", "1");
    eventually().until(() -> !tab.offsets().isEmpty());
    open(Setup.of("lene").with("from: " + tab.offsets().getFirst()));
    int before = (int) tab.run("() => { window.calm = true; return bodies.length; }");
    eventually().until(() -> tab.bodies().size() > before);
    awaitNothingPends("lene");
  }
}
