package io.belfry;

import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Tab.Setup;
import io.belfry.testing.TestTokens;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `/belfry.js` in a real browser: what several tabs have in common.
class BrowserTabsIT extends BrowserTest {
  @Test
  void sharesOneConnectionAndGoesOnWhenTheConnectedTabIsClosedOrFrozen() throws Exception {
    Tab closed = open(Setup.of("tom"));
    Tab frozen = open(Setup.of("tom"));
    Tab last = open(Setup.of("tom"));
    push("tom", "\"all\"");
    for (Tab tab : List.of(closed, frozen, last)) {
      tab.awaitBodies("all");
    }
    awaitSessions("tom", 1);

    closed.page().close();
    push("tom", "\"one is closed\"");
    last.awaitBodies("all", "one is closed");
    frozen.setFrozen(true);
    push("tom", "\"one sleeps\"");
    last.awaitBodies("all", "one is closed", "one sleeps");
    frozen.setFrozen(false);
    frozen.awaitBodies("all", "one is closed", "one sleeps");
    awaitNothingPends("tom");
    awaitSessions("tom", 1);
  }

  @Test
  void acknowledgesOnceTheHandlersOfAllVisibleTabsHaveReturned() throws Exception {
    Tab slow = open(Setup.of("vera").handledBy(KEPT_WAITING));
    Tab fast = open(Setup.of("vera"));
    push("vera", "1");
    slow.awaitBodies(1);
    fast.awaitBodies(1);
    push("vera", "2");
    fast.awaitBodies(1, 2); // so what it said of the first one has been heard
    assertThat(pending("vera")).isEqualTo(2);
    slow.setVisible(false);
    awaitNothingPends("vera");

    fast.setVisible(false);
    slow.run("() => letGo()");
    slow.awaitBodies(1, 2);
    slow.run("() => letGo()");
    push("vera", "3");
    slow.awaitBodies(1, 2, 3);
    fast.awaitBodies(1, 2, 3);
    assertThat(pending("vera")).isEqualTo(1);
    slow.run("() => letGo()");
    awaitNothingPends("vera");
  }

  @Test
  void givesAHiddenTabAgainWhatItRefusesAfterOthersHaveIt() throws Exception {
    open(Setup.of("hugo"));
    Tab hidden =
        open(
            Setup.of("hugo")
                .handledBy("() => new Promise((_, refuse) => { window.refuse = refuse; })"));
    hidden.setVisible(false);
    push("hugo", "1");
    hidden.awaitBodies(1);
    awaitNothingPends("hugo");
    hidden.run("() => refuse(new Error('not now'))");
    hidden.awaitBodies(1, 1);
  }

  @Test
  void givesAHiddenTabAgainWhatItRefusesWhileNoTabIsConnected() throws Exception {
    Tab connected = open(Setup.of("hans"));
    Tab next = open(Setup.of("jens"));
    next.run(
        """
        async () => {
          const { held } = await navigator.locks.query();
          const shared = held.map(({ name }) => name).find(name => name.endsWith(' hans'));
          navigator.locks.request(shared, () => new Promise(() => {})).catch(() => {}); // it does not lead, though
        }
        """);
    Tab hidden =
        open(
            Setup.of("hans")
                .handledBy("() => new Promise((_, refuse) => { window.refuse = refuse; })"));
    hidden.setVisible(false);
    push("hans", "1");
    hidden.awaitBodies(1);
    awaitNothingPends("hans");
    connected.page().close();
    hidden.run("() => refuse(new Error('not now'))");
    hidden.awaitBodies(1, 1);
  }

  @Test
  void handsOverWhatIsOpenToATabThatComesLate() throws Exception {
    open(Setup.of("lisa").handledBy(KEPT_WAITING));
    push("lisa", "1");
    push("lisa", "2");
    eventually().until(() -> pending("lisa") == 2);
    Tab late = open(Setup.of("lisa"));
    late.awaitBodies(1, 2);
    push("lisa", "3");
    late.awaitBodies(1, 2, 3);
  }

  @Test
  void staysAwayInAllTabsWhenAnOperatorDisconnectsThePerson() throws Exception {
    Tab one = open(Setup.of("exile"));
    Tab other = open(Setup.of("exile"));
    assertThat(node().delete("/user/exile/sessions", TestTokens.admin())).isEqualTo(204);
    one.awaitState("closed");
    other.awaitState("closed");
    awaitSessions("exile", 0);
  }

  // The browser may give the lead away before it passes on what the leader said last.
  @Test
  void staysAwayThoughItLeadsByTheTimeThatItIsTold() throws Exception {
    Tab tab = open(Setup.of("outcast"));
    tab.run(
        """
        async () => {
          const { held } = await navigator.locks.query();
          const shared = held.map(({ name }) => name).find(name => name.endsWith(' outcast'));
          const last = { type: 'state', state: 'closed', code: 4403, leader: 'the one before', reason: 'away' };
          new BroadcastChannel(shared).postMessage(last);
        }
        """);
    tab.awaitState("closed");
    awaitSessions("outcast", 0);
  }

  @Test
  void keepsTwoPeopleInOneBrowserApart() throws Exception {
    Tab ann = open(Setup.of("ann"));
    Tab ben = open(Setup.of("ben"));
    push("ann", "\"for ann\"");
    push("ben", "\"for ben\"");
    ann.awaitBodies("for ann");
    ben.awaitBodies("for ben");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "each"})
  void startsAnewAmongTheOthersTabsWhereThePersonChanges(String tabs) throws Exception {
    String nora = "nora-" + tabs;
    String mona = "mona-" + tabs;
    push(nora, "1");
    open(Setup.of(nora)).awaitBodies(1);
    push(mona, "2");
    context().exposeFunction("brief", _ -> TestTokens.token(mona, "", Duration.ofSeconds(5)));
    Tab changing =
        open(
            Setup.of(mona)
                .with(
                    "tabs: '%s', from: 'earliest', token: () => window.next ?? brief()"
                        .formatted(tabs)));
    changing.awaitBodies(2);
    changing
        .page()
        .evaluate("next => { window.next = next; states.length = 0; }", TestTokens.user(nora));
    changing.awaitBodies(2, 1);
    changing.awaitState("connected");
  }

  @Test
  void takesUpWhatWasOneTooManyWhenThereIsRoomAgain() throws Exception {
    Tab leading = open(Setup.of("fern"));
    leading.run("() => { window.end = belfry.subscribe('/topic/fern', () => {}); }");
    Tab many = open(Setup.of("fern"));
    many.run(
        """
        () => {
          for (let number = 1; number <= 63; number++) {
            belfry.subscribe(`/topic/fern-${number}`, () => { window.last = number; });
          }
        }
        """);
    eventually()
        .until(() -> {
          leading.run("() => 0"); // which brings what the console said
          return complaints().removeIf(complaint -> complaint.contains("/topic/fern-63 is"));
        });
    leading.run("() => end()");
    eventually()
        .until(() -> {
          node().push("/topic/fern-63", "1");
          return many.run("() => window.last") != null;
        });
  }

  @Test
  void isNoTabAnyMoreWhereItIsClosedWhileItBecomesOne() {
    Tab tab = open(Setup.of("mia"));
    Object tabs =
        tab.run(
            """
            async () => {
              const { Belfry } = await import('/belfry.js');
              const request = navigator.locks.request;
              const closed = new Promise(resolve => {
                navigator.locks.request = function (name, ...more) {
                  if (name.includes(' tab ')) {
                    delete navigator.locks.request;
                    resolve(brief.close());
                  }
                  return request.call(this, name, ...more);
                };
              });
              const brief = new Belfry({ token: 'none' });
              await closed;
              await navigator.locks.request('whatever was asked for before', () => {});
              const { held } = await navigator.locks.query();
              return held.filter(({ name }) => name.includes(' tab ')).length;
            }
            """);
    assertThat(tabs).isEqualTo(1);
  }

  @Test
  void givesEachTabADeviceOfItsOwnWhereThatIsAskedFor() throws Exception {
    Tab one = open(Setup.of("each").with("tabs: 'each'"));
    Tab other = open(Setup.of("each").with("tabs: 'each'"));
    awaitSessions("each", 2);
    Object device = one.run("() => belfry.device");
    assertThat(device).isNotEqualTo(other.run("() => belfry.device"));
    one.run("() => belfry.close()");
    one.awaitState("closed");
    awaitSessions("each", 1);
  }

  @Test
  void keepsTheDeviceOfATabWhoseClientIsClosedAndMadeAnew() {
    Tab tab = open(Setup.of("anja").with("tabs: 'each'"));
    Object devices =
        tab.run(
            """
            async () => {
              const { Belfry } = await import('/belfry.js');
              await belfry.close();
              const next = new Belfry({ token: 'none', tabs: 'each' });
              await new Promise(resolve => next.addEventListener('state', () => next.device && resolve()));
              await next.close();
              return [belfry.device === next.device, belfry.device.startsWith('tab-')];
            }
            """);
    assertThat(devices).isEqualTo(List.of(true, true));
  }

  @Test
  void goesOnWhenTheConnectedTabCrashes() throws Exception {
    Tab crashed = open(Setup.of("carl"));
    Tab last = open(Setup.of("carl"));
    push("carl", "1");
    crashed.awaitBodies(1);
    last.awaitBodies(1);
    crashed.crash();
    push("carl", "2");
    push("carl", "3");
    last.awaitBodies(1, 2, 3);
    assertThat(last.offsets()).isSorted().doesNotHaveDuplicates();
    awaitNothingPends("carl");
    awaitSessions("carl", 1);
  }
}
