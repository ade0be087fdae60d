//! What time it is at the server, as far as its `Date` headers tell.

use std::time::Duration;

/// Where the server's time stands against this machine's.
///
/// `Date` has whole seconds, so one answer tells the difference to within a second and the time that it took. Each
/// further one narrows it, down to the time between two answers around the moment at which a second begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ServerTime {
    /// The server's seconds since 1970 when this machine's clock stood at nothing, in seconds: at least and at most.
    bounds: Option<(f64, f64)>,
}

impl ServerTime {
    /// An answer says that the server's time was `date`, in seconds since 1970, at some moment from `sent` to
    /// `received`.
    pub(super) fn heard(&mut self, date: u64, sent: Duration, received: Duration) {
        let date = date as f64;
        let (least, most) = (date - received.as_secs_f64(), date + 1.0 - sent.as_secs_f64());
        self.bounds = match self.bounds {
            Some((low, high)) if least <= high && most >= low => Some((least.max(low), most.min(high))),
            // One of the two clocks was set anew.
            _ => Some((least, most)),
        };
    }

    /// When it is surely `at` at the server, in seconds since 1970; none before the server told a time.
    pub(super) fn reaches(&self, at: u64) -> Option<Duration> {
        let (least, _) = self.bounds?;
        Duration::try_from_secs_f64((at as f64 - least).max(0.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn each_answer_narrows_the_difference_and_never_to_the_wrong_side() {
        let mut server = ServerTime::default();
        assert_eq!(server.reaches(1000), None);
        // The server's time is 990 seconds and a half ahead.
        for ms in (0..2000).step_by(40) {
            let sent = f64::from(ms) / 1000.0;
            let received = sent + 0.03;
            server.heard((990.5 + sent + 0.01) as u64, at(sent), at(received));
            let told = server.reaches(1000).unwrap();
            assert!(told >= at(9.5), "{told:?}");
        }
        assert!(server.reaches(1000).unwrap() <= at(9.56), "{server:?}");
    }

    #[test]
    fn a_clock_that_was_set_anew_is_followed() {
        let mut server = ServerTime::default();
        server.heard(1000, at(0.0), at(0.1));
        server.heard(2000, at(1.0), at(1.1));
        assert_eq!(server.reaches(2001), Some(at(2.1)));
    }
}
