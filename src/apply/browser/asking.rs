//! Asks the operator, and does not wait for ever.

use super::ground::Stop;
use super::{Confirm, Question, Said, Turn};
use crate::apply::flight::{BROKEN_OFF, LONGEST_ATTEMPT};
use crate::apply::since::Since;
use crate::net::Clock;
use std::time::Duration;

/// A question has this long for its answer, from when it is its turn, and nothing is pressed on one that comes later.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// No question of a change is open for longer after the change was begun, whoever was asked first: what is left until the
/// change is broken off is for the pages. Broken off while a question waits, it would count as perhaps carried out.
const LATEST: Duration = BROKEN_OFF.saturating_sub(LONGEST_ATTEMPT);

/// Whom to ask about one change, and since when that change is under way.
pub(super) struct Asking<'a> {
    confirm: &'a dyn Confirm,
    clock: &'a dyn Clock,
    begun: Since,
}

impl<'a> Asking<'a> {
    pub(super) fn new(confirm: &'a dyn Confirm, clock: &'a dyn Clock, begun: Since) -> Self {
        Self { confirm, clock, begun }
    }

    /// Returns once the operator has said yes.
    ///
    /// # Errors
    /// A [`Stop`] when they have said no, or nothing in time, or were busy with other questions for too long.
    pub(super) async fn ask(&self, question: &Question) -> Result<(), Stop> {
        // Held until there is an answer: whatever is typed meanwhile is for this question.
        let _turn = self.turn().await?;
        let (shown, time) = (Since::now(self.clock), LONGEST.min(self.left()));
        let left = || shown.left(time, self.clock);
        let said = tokio::select! {
            biased;
            said = self.confirm.confirm(question), if !left().is_zero() => Some(said),
            () = self.clock.sleep(left()) => None,
        };
        // A machine that slept meanwhile does not tell by its waits.
        let said = said.filter(|said| *said != Said::Yes || !left().is_zero());
        Err(Stop::Declined(match said {
            Some(Said::Yes) => return Ok(()),
            Some(Said::No) => "The operator said no, so it was not pressed.".to_owned(),
            Some(Said::Nobody) => {
                "Nobody was there to confirm it, so it was not pressed. Run apply on a terminal.".to_owned()
            }
            None if time < LONGEST => {
                "The question came late, and had no answer in the time that was left for its change, so it was not \
                 pressed. Run apply again."
                    .to_owned()
            }
            None => format!(
                "The question had no answer within {} minutes, so it was not pressed. Run apply again.",
                LONGEST.as_secs() / 60
            ),
        }))
    }

    /// Returns once nobody else asks.
    async fn turn(&self) -> Result<Turn, Stop> {
        let turn = tokio::select! {
            biased;
            turn = self.confirm.turn() => turn,
            () = self.clock.sleep(self.left()) => return Err(Stop::Declined(
                "Other questions had no answer until it was too late to ask this one, so it was not pressed. Run apply again."
                    .to_owned(),
            )),
        };
        turn.ok_or_else(|| {
            Stop::Declined("It was called off before anybody was asked, so it was not pressed.".to_owned())
        })
    }

    fn left(&self) -> Duration {
        self.begun.left(LATEST, self.clock)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Turns;
    use super::*;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use std::sync::Mutex;
    use tokio::time::Instant;

    /// A machine that sleeps for hours whenever it is let: only the wall clock tells.
    struct Machine {
        slept: Mutex<Duration>,
        on: Instant,
    }

    impl Machine {
        fn new() -> Self {
            Self { slept: Mutex::default(), on: Instant::now() }
        }
    }

    #[async_trait]
    impl Clock for Machine {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + *self.slept.lock().unwrap()
        }

        async fn sleep(&self, duration: Duration) {
            tokio::time::sleep(duration).await;
        }

        fn elapsed(&self) -> Duration {
            self.on.elapsed()
        }
    }

    /// Says something after a while by the one clock, and by the other.
    struct After(Duration, Said, Duration);

    struct Operator<'m>(&'m Machine, After);

    #[async_trait]
    impl Confirm for Operator<'_> {
        async fn confirm(&self, _: &Question) -> Said {
            let After(waits, said, slept) = self.1;
            tokio::time::sleep(waits).await;
            *self.0.slept.lock().unwrap() += slept;
            said
        }
    }

    async fn ask(after: After) -> String {
        let machine = Machine::new();
        let begun = Since::now(&machine);
        let operator = Operator(&machine, after);
        let question = Question { shown: String::new(), text: String::new() };
        match Asking::new(&operator, &machine, begun).ask(&question).await {
            Ok(()) => "yes".to_owned(),
            Err(stop) => stop.error(false, "").to_string(),
        }
    }

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_pressed_on_an_answer_that_comes_too_late() {
        assert_eq!(ask(After(minutes(14), Said::Yes, minutes(0))).await, "yes");
        assert!(ask(After(minutes(1), Said::No, minutes(0))).await.contains("said no"));
        let late = [
            After(minutes(16), Said::Yes, minutes(0)),
            After(minutes(600), Said::No, minutes(0)),
            After(minutes(1), Said::Yes, minutes(600)),
        ];
        for after in late {
            let said = ask(after).await;
            assert!(said.contains("no answer within 15 minutes, so it was not pressed"), "{said}");
        }
    }

    /// One of several windows of one operator, who takes so long for its question.
    struct Window<'l> {
        turns: Turns,
        takes: Duration,
        seen: &'l Mutex<Vec<String>>,
    }

    #[async_trait]
    impl Confirm for Window<'_> {
        async fn turn(&self) -> Option<Turn> {
            Some(self.turns.next().await)
        }

        async fn confirm(&self, question: &Question) -> Said {
            self.seen.lock().unwrap().push(format!("{}?", question.text));
            tokio::time::sleep(self.takes).await;
            self.seen.lock().unwrap().push(format!("{}!", question.text));
            Said::Yes
        }
    }

    /// What becomes of the questions a, b and c, which are there at once, and what the operator sees of them.
    async fn together(takes: [Duration; 3]) -> ([Result<(), Stop>; 3], String) {
        let (machine, turns, seen) = (Machine::new(), Turns::default(), Mutex::default());
        let begun = Since::now(&machine);
        let windows = takes.map(|takes| Window { turns: turns.clone(), takes, seen: &seen });
        let ask = async |window, text: &str| {
            let question = Question { shown: String::new(), text: text.to_owned() };
            Asking::new(window, &machine, begun).ask(&question).await
        };
        let [a, b, c] = &windows;
        let said: [_; 3] = tokio::join!(biased; ask(a, "a"), ask(b, "b"), ask(c, "c")).into();
        let seen = seen.lock().unwrap().join(" ");
        (said, seen)
    }

    #[tokio::test(start_paused = true)]
    async fn questions_of_several_windows_are_open_one_at_a_time() {
        let (said, seen) = together([minutes(5), minutes(4), minutes(14)]).await;
        assert_eq!((said, seen), ([Ok(()), Ok(()), Ok(())], "a? a! b? b! c? c!".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_waited_too_long_for_others_is_not_asked_any_more() {
        let (said, seen) = together([minutes(14), minutes(11), minutes(1)]).await;
        assert_eq!((&said[0], &*seen), (&Ok(()), "a? a! b?"));
        let late = |said: &Result<(), Stop>| said.clone().unwrap_err().error(false, "").to_string();
        assert!(late(&said[1]).contains("in the time that was left for its change"), "{said:?}");
        assert!(
            late(&said[2]).contains("it was not pressed. Run apply again. Nothing was changed."),
            "{said:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_others_gives_up_before_the_change_is_broken_off() {
        let (machine, turns, seen) = (Machine::new(), Turns::default(), Mutex::default());
        let _other = turns.next().await;
        let window = Window { turns: turns.clone(), takes: minutes(0), seen: &seen };
        let question = Question { shown: String::new(), text: "a".to_owned() };
        let asking = Asking::new(&window, &machine, Since::now(&machine));
        let said = tokio::time::timeout(BROKEN_OFF, asking.ask(&question)).await.unwrap();
        assert!(
            matches!(said, Err(Stop::Declined(text)) if text.starts_with("Other questions had no answer"))
        );
        assert_eq!((machine.elapsed(), seen.lock().unwrap().len()), (LATEST, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_without_an_answer_keeps_no_other_from_its_own() {
        let (said, seen) = together([minutes(600), minutes(8), minutes(0)]).await;
        assert_eq!(seen, "a? b? b! c? c!");
        assert!(said[0].is_err() && said[1..] == [Ok(()), Ok(())], "{said:?}");
    }
}
