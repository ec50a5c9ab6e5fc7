package io.belfry;

import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import io.belfry.Tab.Setup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `/belfry.js` in a real browser: another tab takes over while one is too busy to answer.
class BrowserBusyTabsIT extends BrowserTest {
  @Test
  void waitsForAVisibleTabThatIsTooBusyToAnswerWhoeverTakesOver() throws Exception {
    Tab closed = open(Setup.of("bess"));
    Tab next = open(Setup.of("bess"));
    Tab busy = open(Setup.of("bess").with("from: 'latest'"));
    Dialog dialog = busied(busy);
    closed.page().close();
    push("bess", "1");
    next.awaitBodies(1);
    push("bess", "2");
    next.awaitBodies(1, 2); // so what it said of the first one has been heard
    assertThat(pending("bess")).isEqualTo(2);
    dialog.dismiss();
    busy.awaitBodies(1, 2);
    awaitNothingPends("bess");
  }

  @Test
  void doesNotWaitForABusyTabThatIsClosedBeforeItAnswersWhoeverTookOver() throws Exception {
    Tab closed = open(Setup.of("beth"));
    Tab next = open(Setup.of("beth"));
    Tab busy = open(Setup.of("beth"));
    // It has all the time in the world.
    next.run(
        """
        () => {
          const real = setTimeout;
          window.setTimeout = (call, millis) => real(call, millis < 10_000 ? millis : 2 ** 31 - 1);
        }
        """);
    busied(busy);
    closed.page().close();
    push("beth", "1");
    next.awaitBodies(1);
    assertThat(pending("beth")).isEqualTo(1);
    busy.page().close();
    awaitNothingPends("beth");
  }

  @Test
  void doesNotWaitForATabThatStaysBusy() throws Exception {
    Tab closed = open(Setup.of("bine"));
    Tab next = open(Setup.of("bine"));
    Tab busy = open(Setup.of("bine"));
    Dialog dialog = busied(busy);
    closed.page().close();
    push("bine", "1");
    next.awaitBodies(1);
    awaitNothingPends("bine");
    dialog.dismiss();
    busy.awaitBodies(1);
  }

  @Test
  void saysThatItIsConnectedThoughABusyTabWasToTakeOverBefore() throws Exception {
    Tab closed = open(Setup.of("berta"));
    Tab busy = open(Setup.of("berta"));
    Tab next = open(Setup.of("berta"));
    Dialog dialog = busied(busy);
    closed.page().close();
    push("berta", "1");
    next.awaitBodies(1);
    next.run("() => { states.length = 0; }");
    dialog.dismiss(); // leads for a moment, until it hears that another one does
    eventually().until(() -> (int) next.run("() => states.length") > 0);
    next.awaitState("connected");
    busy.awaitState("connected");
  }

  // Nothing of the page runs until the dialog is answered.
  private static Dialog busied(Tab tab) {
    List<Dialog> dialogs = new ArrayList<>();
    tab.page().onDialog(dialogs::add);
    tab.run("() => { setTimeout(alert); }");
    eventually()
        .until(() -> {
          tab.page().waitForTimeout(10); // which brings it
          return !dialogs.isEmpty();
        });
    return dialogs.getFirst();
  }
}
