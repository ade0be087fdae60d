//! Several readings at once.

use crate::connector::ConnectorError;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// What each piece of work finds, all of them side by side as far as the connection's pace lets them. The first failure
/// ends the others.
///
/// # Errors
/// That failure.
pub(crate) async fn side_by_side<K, T, F>(
    work: impl IntoIterator<Item = (K, F)>,
) -> Result<BTreeMap<K, T>, ConnectorError>
where
    K: Ord + Send + 'static,
    T: Send + 'static,
    F: Future<Output = Result<T, ConnectorError>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for (key, one) in work {
        running.spawn(async move { (key, one.await) });
    }
    let mut all = BTreeMap::new();
    while let Some(ended) = running.join_next().await {
        let (key, found) = ended.map_err(|_| ConnectorError::ContractBroken {
            message: "A part of the reading was cut short, so nothing is concluded from the others."
                .to_owned(),
        })?;
        all.insert(key, found?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn one(found: Result<u8, &str>) -> Result<u8, ConnectorError> {
        assert_ne!(found, Ok(9), "this one breaks");
        found.map_err(|message| ConnectorError::Gone { message: message.to_owned() })
    }

    #[tokio::test]
    async fn everything_is_found_or_the_failure_is_told() {
        let all = side_by_side([("b", one(Ok(2))), ("a", one(Ok(1)))]).await.unwrap();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
        let failed = side_by_side([("a", one(Ok(1))), ("b", one(Err("gone")))]).await.unwrap_err();
        assert_eq!(failed.to_string(), "gone");
        let broken = side_by_side([("a", one(Ok(9)))]).await.unwrap_err();
        assert!(matches!(broken, ConnectorError::ContractBroken { .. }), "{broken:?}");
    }
}
