//! What the workspace's files may ask of the machine that reads them. Files come with pull requests; the environment
//! is set by whoever runs the program, and so has the last word.

use reqwest::Url;

/// While it is set, no file has a command run.
pub(super) const NO_COMMANDS: &str = "GRANTLINE_NO_COMMANDS";

/// While it is set, credentials go to these hosts and no other.
const ALLOWED_HOSTS: &str = "GRANTLINE_ALLOWED_HOSTS";

/// Whether files may have commands run. Any value but none takes that away: who writes `0` or `false` may mean either,
/// and the careful reading is the harmless one.
pub(super) fn commands(env: &dyn Fn(&str) -> Option<String>) -> bool {
    env(NO_COMMANDS).is_none_or(|text| text.is_empty())
}

/// Asks whether the host of a URL is one that may be reached. The list is of host names, without ports or wildcards,
/// with commas or blanks between them; while it is there and empty, it allows none.
///
/// # Errors
/// A sentence that names the host, without its full stop.
pub(crate) fn allowed_host(url: &Url, env: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    let Some(list) = env(ALLOWED_HOSTS) else { return Ok(()) };
    let bare = |host: &str| host.trim_matches(['[', ']']).to_ascii_lowercase();
    let host = bare(url.host_str().unwrap_or_default());
    let mut allowed = list.split([',', ' ', '\t', '\n', '\r']).filter(|entry| !entry.is_empty());
    if allowed.any(|entry| bare(entry) == host) {
        return Ok(());
    }
    Err(format!(
        "{host} is not among the hosts that {ALLOWED_HOSTS} lists; whoever runs this adds its name there, without `https://` \
         or a port and with commas between names, once the change of `url:` is reviewed"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(url: &str, list: Option<&str>) -> bool {
        let env = |name: &str| list.filter(|_| name == "GRANTLINE_ALLOWED_HOSTS").map(str::to_owned);
        allowed_host(&url.parse().unwrap(), &env).is_ok()
    }

    #[test]
    fn a_credential_goes_to_listed_hosts_alone() {
        let list = Some("scim.heap.example,\n  CRM.example ::1");
        for url in ["https://scim.heap.example/v2", "https://crm.example:8443", "http://[::1]:80/x"] {
            assert!(is_allowed(url, list), "{url}");
        }
        for url in [
            "https://heap.example/v2",
            "https://x.scim.heap.example/",
            "https://scim.heap.example.evil.example/",
            "https://scim.heap.example./",
            "https://evil.example/scim.heap.example",
            "https://scim.heap.example@evil.example/",
            "http://127.0.0.1/",
        ] {
            assert!(!is_allowed(url, list), "{url}");
        }
    }

    #[test]
    fn an_empty_list_allows_none_and_no_list_all() {
        assert!(!is_allowed("https://heap.example", Some("")));
        assert!(!is_allowed("https://heap.example", Some(" , ")));
        assert!(is_allowed("https://heap.example", None));
    }

    #[test]
    fn commands_are_run_until_somebody_says_no() {
        let allows = |value: Option<&str>| {
            commands(&|name| value.filter(|_| name == "GRANTLINE_NO_COMMANDS").map(str::to_owned))
        };
        assert!(allows(None) && allows(Some("")));
        assert!(!allows(Some("1")) && !allows(Some("0")) && !allows(Some("false")));
    }
}
