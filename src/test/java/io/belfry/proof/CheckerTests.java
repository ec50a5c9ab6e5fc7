package io.belfry.proof;

import static io.belfry.proof.Finding.Kind.DISORDERED;
import static io.belfry.proof.Finding.Kind.DOUBLED;
import static io.belfry.proof.Finding.Kind.FORGOTTEN;
import static io.belfry.proof.Finding.Kind.GHOST;
import static io.belfry.proof.Finding.Kind.HOLE;
import static io.belfry.proof.Finding.Kind.LOST;
import static io.belfry.proof.Finding.Kind.RESURRECTED;
import static io.belfry.proof.Finding.Kind.RETURNED;
import static io.belfry.proof.Finding.Kind.SKIPPED;
import static io.belfry.proof.Finding.Kind.STRAYED;
import static io.belfry.proof.Finding.Kind.UNANSWERED;
import static io.belfry.proof.Finding.Kind.UNLISTED;
import static io.belfry.proof.Finding.Kind.UNMARKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.proof.Finding.Kind;
import org.junit.jupiter.api.Test;

/// Who checks the checker: histories with a fault planted in each, which it has to name, and their
/// sound twins, with which it has to be content.
class CheckerTests {
  private final Scene scene = new Scene();

  private void finds(Kind... kinds) {
    assertThat(Checker.check(scene.events()).findings())
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(kinds);
  }

  @Test
  void aSoundHistoryHasNoFindings() {
    scene.open("ws-1").push("a").push("b").deliver("ws-1", "a").ack("ws-1", "a");
    scene.deliver("ws-1", "b").ack("ws-1", "b").kept("ws-1").close("ws-1");
    finds();
    assertThat(Checker.check(scene.events()).line()).isEqualTo("verdict: 2 accepted, 0 lost");
  }

  // The bell of `b` is lost, and nobody reads the log again.
  @Test
  void aLostBellWithoutAReReadIsFound() {
    scene.open("ws-1").push("a").push("b").deliver("ws-1", "a").ack("ws-1", "a");
    finds(LOST);
    assertThat(Checker.check(scene.events()).line()).isEqualTo("verdict: 2 accepted, 1 lost");
  }

  // The bell of `b` is lost, `c` is delivered by its own, and `b` is found later.
  @Test
  void aLostBellWhoseEntryIsReadTooLateIsFound() {
    scene.open("ws-1").push("a").push("b").push("c");
    scene.deliver("ws-1", "a").ack("ws-1", "a").deliver("ws-1", "c").ack("ws-1", "c");
    scene.open("ws-2").deliver("ws-2", "b").ack("ws-2", "b");
    finds(SKIPPED);
  }

  // The cursor is written when `a` is sent: the client dies, and `a` does not come again.
  @Test
  void aCursorThatIsWrittenEarlyIsFound() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").close("ws-1");
    scene.open("ws-2").push("b").deliver("ws-2", "b").ack("ws-2", "b");
    finds(FORGOTTEN);
  }

  @Test
  void whatCameAndWasNotAcknowledgedMayComeAgain() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").close("ws-1");
    scene.open("ws-2").deliverAgain("ws-2", "a").ack("ws-2", "a");
    finds();
  }

  @Test
  void aSwapOfTwoEntriesIsFound() {
    scene.open("ws-1").push("a").push("b");
    scene.deliver("ws-1", "b").ack("ws-1", "b").deliver("ws-1", "a").ack("ws-1", "a");
    finds(DISORDERED, SKIPPED);
  }

  @Test
  void aRepeatOnTheSameSubscriptionHasToSaySo() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").deliver("ws-1", "a").ack("ws-1", "a");
    finds(DOUBLED);
  }

  @Test
  void aRedeliveryIsOutOfOrderAndThatIsFine() {
    scene.open("ws-1").push("a").push("b").deliver("ws-1", "a").deliver("ws-1", "b");
    scene.deliverAgain("ws-1", "a").ack("ws-1", "a").ack("ws-1", "b");
    finds();
  }

  @Test
  void aRepeatOnALaterSubscriptionHasToSaySoToo() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").close("ws-1").later(Checker.WRITTEN_BEHIND);
    scene.open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds(UNMARKED);
  }

  @Test
  void aCrashMayForgetThatSomethingWasSent() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").fault("a node killed").close("ws-1");
    scene.later(Checker.WRITTEN_BEHIND).open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds();
  }

  @Test
  void aKeptAcknowledgementIsKeptWhateverCrashes() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").ack("ws-1", "a").kept("ws-1");
    scene.fault("a node killed").open("ws-2").deliverAgain("ws-2", "a").ack("ws-2", "a");
    finds(RETURNED);
  }

  @Test
  void anAcknowledgementIsKeptWithoutACrashOnceItWasWrittenBehind() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").ack("ws-1", "a").close("ws-1");
    scene.later(Checker.WRITTEN_BEHIND).open("ws-2").deliverAgain("ws-2", "a").ack("ws-2", "a");
    finds(RETURNED);
  }

  @Test
  void anAcknowledgementMayBeForgottenInACrash() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").ack("ws-1", "a").fault("a node killed");
    scene.later(Checker.WRITTEN_BEHIND).open("ws-2").deliverAgain("ws-2", "a").ack("ws-2", "a");
    finds();
  }

  @Test
  void anAcknowledgementOfAllUpToOneCoversWhatCameBefore() {
    scene.open("ws-1").push("a").push("b").deliver("ws-1", "a").deliver("ws-1", "b");
    scene.ackUpTo("ws-1", "b");
    finds();
  }

  @Test
  void whatWasRefusedWaitsForADeadLetter() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").refuse("ws-1", "a");
    finds(UNLISTED);
    scene.deadLetter("a");
    finds();
  }

  @Test
  void whatIsPushedOnceIsThereOnce() {
    scene.open("ws-1").push("a").deliver("ws-1", "a").ack("ws-1", "a");
    scene.deliver("ws-1", "a", scene.offset("a") + 1).ack("ws-1", "a");
    finds(DOUBLED);
  }

  @Test
  void aRepeatedPushThatWasAppendedAgainIsFound() {
    scene.push("a").repeat("a", scene.offset("a"));
    finds();
    scene.repeat("a", scene.offset("a") + 1);
    finds(DOUBLED);
  }

  @Test
  void whatWasRefusedNeverAppears() {
    scene.open("ws-1").send("a").answer("a", 413, Event.NONE).deliver("ws-1", "a", 5);
    finds(GHOST);
  }

  @Test
  void whatNobodyPushedNeverAppears() {
    scene.open("ws-1").deliver("ws-1", "a", 5);
    finds(GHOST);
  }

  @Test
  void whatIsForAnotherNeverAppears() {
    scene.open("ws-1").push("a", "/user/ben/queue/q").deliver("ws-1", "a");
    finds(STRAYED);
  }

  @Test
  void aHoleThatIsSpokenOfIsOneAllTheSame() {
    scene.open("ws-1").push("a").deliverAfterGap("ws-1", "a").ack("ws-1", "a");
    finds(HOLE);
  }

  @Test
  void whatWasRetractedMayBeMissingButNotComeLater() {
    scene.open("ws-1").push("a").retract("a");
    finds();
    scene.later(2_000_000).open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds(RESURRECTED);
  }

  @Test
  void whatWasCollapsedMayBeMissingButNotTheNewest() {
    scene.open("ws-1").collapse("a", "key").collapse("b", "key");
    finds(LOST);
    scene.later(2_000_000).open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    scene.deliver("ws-2", "b").ack("ws-2", "b");
    finds(RESURRECTED);
  }

  @Test
  void whatExpiredMayBeMissingButNotComeLater() {
    scene.open("ws-1").expiring("a", 1_000_000);
    finds();
    scene.later(3_000_000).open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds(RESURRECTED);
  }

  @Test
  void aClockThatIsSetBackCallsToLifeWhatHasExpired() {
    scene.open("ws-1").expiring("a", 1_000_000).later(3_000_000).fault("clock of solo behind");
    scene.open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds();
    scene.open("ws-3").deliverAgain("ws-3", "a");
    finds(RESURRECTED);
  }

  @Test
  void aClockThatIsAheadLetsWhatItTakesLiveLonger() {
    scene.open("ws-1").fault("clock of solo ahead").expiring("a", 1_000_000).later(3_000_000);
    scene.open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds();
  }

  @Test
  void whatExpiresIsPassedOverWhileAClockIsAheadAndMayComeOnceItIsRight() {
    scene.open("ws-1").expiring("a", 60_000_000).push("b");
    scene.deliver("ws-1", "b").ack("ws-1", "b").open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds(SKIPPED);
    scene.open("ws-3").expiring("c", 60_000_000).fault("clock of solo ahead").push("d");
    scene.deliver("ws-3", "d").ack("ws-3", "d").open("ws-4").deliver("ws-4", "c").ack("ws-4", "c");
    finds(SKIPPED);
  }

  @Test
  void aClockCallsNothingToLifeThatWasRetracted() {
    scene.open("ws-1").push("a").retract("a").later(2_000_000).fault("clock of solo behind");
    scene.open("ws-2").deliver("ws-2", "a").ack("ws-2", "a");
    finds(RESURRECTED);
  }

  @Test
  void aPushNeedsAnAnswer() {
    scene.send("a");
    finds(UNANSWERED);
  }

  @Test
  void whatWasPushedBeforeAClientsStartIsNotOwedToIt() {
    scene.push("a").open("ws-1");
    finds();
  }

  // Written to the connection is all that `ack:auto` promises; but then the rest still comes.
  @Test
  void whatWasWrittenToABrokenWireIsSettledWhereWritingSettles() {
    scene.auto().open("ws-1").push("a").push("b").push("c");
    scene.deliver("ws-1", "a").close("ws-1").open("ws-2").deliver("ws-2", "c");
    finds();
    assertThat(Checker.check(scene.events()).left()).isEqualTo(1);
  }

  @Test
  void soIsWhatWasWrittenToAConnectionOfWhichItsClientNeverKnewThatItStood() {
    scene.auto().open("ws-1").close("ws-1").later(Checker.NOTICED).push("a").push("b");
    finds(LOST, LOST);
    scene.fail().open("ws-2").deliver("ws-2", "b");
    finds();
    assertThat(Checker.check(scene.events()).left()).isEqualTo(1);
  }

  @Test
  void whatIsPushedLongAfterAnAttemptThatFailedIsOwed() {
    scene.auto().open("ws-1").close("ws-1").fail().later(Checker.NOTICED).push("a").push("b");
    scene.open("ws-2").deliver("ws-2", "b");
    finds(LOST);
  }

  @Test
  void anAttemptThatFailedExcusesNothingWhereWritingDoesNotSettle() {
    scene.open("ws-1").close("ws-1").push("a").push("b").fail().open("ws-2");
    scene.deliver("ws-2", "b").ack("ws-2", "b");
    finds(LOST);
  }

  @Test
  void aHoleInTheMiddleOfAConnectionIsALossThoughWritingSettles() {
    scene.auto().open("ws-1").push("a").push("b").push("c");
    scene.deliver("ws-1", "a").deliver("ws-1", "c");
    finds(LOST);
  }
}
