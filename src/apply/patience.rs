//! When a vendor is left alone.

use super::flight::Answer;
use super::words;
use crate::connector::ConnectorError;

/// How many requests in a row may end in the same trouble before the vendor is left alone. One or two can be
/// the fault of the accounts that they are about; every further one would only repeat the answer, and some
/// vendors lock a credential that keeps failing.
const PATIENCE: u32 = 3;

/// How many, for what takes access, where each answer may be about that one account alone: admins whom the credential
/// may not touch, or an account over which the vendor breaks. They stand first on every run, and whoever is behind them
/// is not to keep access for it. A credential that may do nothing at all still finds an end.
const PATIENCE_WITH_EACH: u32 = 100;

/// Counts a vendor's failures in a row. A success ends the row.
///
/// What takes access is counted apart from the rest: a vendor may be configured with a second credential for it, and
/// gains that fail must not hold it up.
#[derive(Debug, Default)]
pub(super) struct Patience([Side; 2]);

#[derive(Debug, Default)]
struct Side {
    unauthorised: Row,
    unreached: Row,
    /// What may be about the one account that each was about.
    each: Row,
}

#[derive(Debug, Default)]
struct Row {
    times: u32,
    error: String,
}

impl Row {
    fn add(&mut self, error: &ConnectorError) {
        self.times += 1;
        self.error = error.to_string();
    }

    fn lost(&self, patience: u32) -> Option<String> {
        (self.times >= patience).then(|| words::given_up(self.times, &self.error))
    }
}

impl Patience {
    /// Why what takes access, or what gives it, is not to be tried any more, where it is not.
    pub(super) fn lost(&self, takes: bool) -> Option<String> {
        let side = &self.0[usize::from(takes)];
        let lost = side.unauthorised.lost(PATIENCE).or_else(|| side.unreached.lost(PATIENCE));
        lost.or_else(|| side.each.lost(PATIENCE_WITH_EACH))
    }

    /// Takes note of one request's answers.
    pub(super) fn note(&mut self, takes: bool, answers: &[&Answer]) {
        let side = &mut self.0[usize::from(takes)];
        // A request counts once, however many changes travelled in it.
        match answers.iter().find_map(|answer| answer.as_ref().err()) {
            _ if answers.iter().any(|answer| answer.is_ok()) => *side = Side::default(),
            Some(error @ (ConnectorError::Forbidden { .. } | ConnectorError::Broke { .. })) if takes => {
                side.each.add(error);
            }
            Some(error @ (ConnectorError::Unauthorised { .. } | ConnectorError::Forbidden { .. })) => {
                side.unauthorised.add(error);
            }
            Some(
                error @ (ConnectorError::RetryLater { .. }
                | ConnectorError::Unknown { .. }
                | ConnectorError::Broke { .. }),
            ) => side.unreached.add(error),
            // Any other answer shows that the vendor is there and knows the credential.
            _ => *side = Side::default(),
        }
    }
}
