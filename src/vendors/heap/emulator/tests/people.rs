use super::walk::{WHOLE, Walk};
use super::*;

const RAVI: &str = "ravi@acme.example";
const JANE_MAIL: &str = "jane@acme.example";

/// What is said on the only link of the outbox that still leads somewhere.
async fn accept(surfer: &mut Surfer, name: &str) {
    surfer.open("/outbox").await;
    surfer.press(&["Open the invitation"], None).await;
    surfer.fill(&["Your name"], name);
    surfer.press(&["Accept invitation"], None).await;
}

#[tokio::test]
async fn an_invitation_gives_nothing_until_its_link_is_followed() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = Site::by_hand(labelling);
        let walk = Walk::of(RAVI, "read-only", "analyst");
        walk.follow(&mut surfer, WHOLE, "invite").await;
        let users = site.emulator.state()["users"].as_array().unwrap().len();
        assert!(!surfer.offers(&["Remove", "Delete", "Save", "Update"], Some(RAVI)), "{labelling}");
        accept(&mut surfer, "Ravi Patel").await;
        assert_eq!(site.emulator.state()["users"].as_array().unwrap().len(), users + 1);
        walk.follow(&mut surfer, "org", "grant").await;
        assert_eq!(surfer.row(RAVI).unwrap()["Name"], "Ravi Patel");
        let effects = [
            "invitation ravi@acme.example: sent as read-only",
            "teammate ravi@acme.example: joined as read-only",
            "teammate ravi@acme.example: role read-only -> analyst",
        ];
        assert_eq!(site.effects(), effects);
        surfer.open("/outbox").await;
        surfer.press(&["Open the invitation"], None).await;
        assert_eq!(surfer.status, 410, "accepted twice");
    }
}

#[tokio::test]
async fn an_invitation_that_is_withdrawn_leads_nowhere() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = Site::by_hand(labelling);
        let walk = Walk::of(RAVI, "", "");
        walk.follow(&mut surfer, WHOLE, "invite").await;
        walk.follow(&mut surfer, WHOLE, "cancel-invitation").await;
        assert_eq!(site.effects().last().unwrap(), "invitation ravi@acme.example: cancelled");
        surfer.open("/outbox").await;
        surfer.press(&["Open the invitation"], None).await;
        assert_eq!(surfer.status, 410);
    }
}

#[tokio::test]
async fn an_address_is_invited_once_and_must_be_one() {
    let (site, mut surfer) = Site::by_hand("documented");
    for (email, said) in [
        ("Jane@Acme.example", "has an account already"),
        (RAVI, ""),
        ("RAVI@acme.example", "invited already"),
        ("ravi", "no e-mail address"),
    ] {
        surfer.open("/account/manage/teammates/invite").await;
        surfer.fill(&["E-mail"], email);
        surfer.press(&["Send invite"], None).await;
        assert!(surfer.shows(said), "{email}: {}", surfer.html);
        assert_eq!(surfer.status == 422, !said.is_empty());
    }
    assert_eq!(site.effects().len(), 1);
    let refused = site.post("/account/manage/teammates", "email", "new@acme.example").await;
    assert_eq!(refused.status(), 422, "without a role");
}

#[tokio::test]
async fn a_role_changes_in_the_row_of_the_person() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = Site::by_hand(labelling);
        Walk::of(JANE_MAIL, "analyst", "architect").follow(&mut surfer, "org", "change-level").await;
        Walk::of(JANE_MAIL, "architect", "billing").follow(&mut surfer, "org", "change-level").await;
        Walk::of(JANE_MAIL, "billing", "").follow(&mut surfer, "org", "revoke").await;
        assert_eq!(site.effects().len(), 3);
        assert_eq!(site.effects()[2], "teammate jane@acme.example: role billing -> read-only");
    }
}

#[tokio::test]
async fn a_removal_is_asked_about_and_takes_all_but_what_was_made() {
    for labelling in LABELLINGS {
        let (site, mut surfer) = Site::by_hand(labelling);
        let walk = Walk::of(JANE_MAIL, "", "");
        walk.follow_to_the_write(&mut surfer, WHOLE, "remove-account").await;
        assert_eq!(site.effects(), Vec::<String>::new());
        walk.follow(&mut surfer, WHOLE, "remove-account").await;
        assert_eq!(site.effects(), ["teammate jane@acme.example: removed"]);
        let state = site.emulator.state();
        assert_eq!(state["users"].as_array().unwrap().len(), 1);
        assert_eq!(state["vendor"]["teammates"].get("jane-id"), None);
        surfer.open("/account/content").await;
        assert!(surfer.shows("created by removed user"));
    }
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let (site, mut surfer) = Site::by_hand("documented");
    surfer.open("/account/manage/teammates").await;
    surfer.choose(&["Role"], &["Consumer"], Some("svc@acme.example"));
    surfer.press(&["Save"], Some("svc@acme.example")).await;
    assert!(surfer.status == 422 && surfer.shows("the last admin"));
    Walk::of(JANE_MAIL, "analyst", "admin").follow(&mut surfer, "org", "change-level").await;
    surfer.choose(&["Role"], &["Consumer"], Some("svc@acme.example"));
    surfer.press(&["Save"], Some("svc@acme.example")).await;
    assert_eq!(site.effects().last().unwrap(), "teammate svc@acme.example: role admin -> consumer");
    let refused = site.post(&format!("{JANE}/remove"), "", "").await;
    assert_eq!(refused.status(), 422);
}

#[tokio::test]
async fn nobody_removes_themselves() {
    let (site, mut surfer) = Site::by_hand("documented");
    Walk::of(JANE_MAIL, "analyst", "admin").follow(&mut surfer, "org", "change-level").await;
    surfer.press(&["Remove"], Some("svc@acme.example")).await;
    surfer.press(&["Yes, remove"], None).await;
    assert!(surfer.status == 403 && surfer.shows("themselves"));
    assert_eq!(site.effects().len(), 1);
}

#[tokio::test]
async fn with_scim_on_nobody_is_offered_what_would_be_refused() {
    for labelling in LABELLINGS {
        let site = Site::of(&json!({ "labelling": labelling }));
        let mut surfer = Surfer::new(site.emulator.origin());
        surfer.open("/").await;
        assert!(surfer.shows("SCIM provisioning is on"));
        assert!(!surfer.offers(&["Add teammate", "Invite member"], None));
        assert!(!surfer.offers(&["Remove", "Delete"], Some(JANE_MAIL)));
        for path in ["invite", "jane-id/remove"] {
            let list = if labelling == "guided" { "members" } else { "teammates" };
            surfer.open(&format!("/account/manage/{list}/{path}")).await;
            assert_eq!(surfer.status, 403);
        }
        Walk::of(JANE_MAIL, "analyst", "architect").follow(&mut surfer, "org", "change-level").await;
    }
}

#[tokio::test]
async fn without_scim_there_is_no_scim() {
    let (site, _) = Site::by_hand("documented");
    let users = || site.scim(Method::GET, "/Users").send();
    assert_eq!(users().await.unwrap().status(), 404);
    assert_eq!(site.scim(Method::DELETE, "/Users/jane-id").send().await.unwrap().status(), 404);
    assert_eq!(Site::start().scim(Method::GET, "/Users").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_export_says_what_the_list_says() {
    let (site, mut surfer) = Site::by_hand("guided");
    Walk::of(RAVI, "", "").follow(&mut surfer, WHOLE, "invite").await;
    let csv = site.page("/account/manage/members.csv").await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "Name,Email,Organization role,State,Projects,Last activity,Date added");
    assert!(lines[2].starts_with("\"Grantline\",\"svc@acme.example\",\"Organization Admin\",\"Active\""));
    assert!(lines[3].starts_with("\"\",\"ravi@acme.example\",\"Read only\",\"Invited\",\"\",\"never\",\"20"));
}

#[tokio::test]
async fn a_person_is_found_by_address_too() {
    for labelling in LABELLINGS {
        let (_site, mut surfer) = Site::by_hand(labelling);
        surfer.open("/").await;
        let name = surfer.row(JANE_MAIL).unwrap()["Name"].clone();
        surfer.press(&[&*name], Some(JANE_MAIL)).await;
        let heading = surfer.heading();
        assert!(heading.ends_with(" profile"), "{heading}");
        let list = if labelling == "guided" { "members" } else { "teammates" };
        surfer.open(&format!("/account/manage/{list}/jane%40acme.example")).await;
        assert_eq!((surfer.status.as_u16(), surfer.heading()), (200, heading));
        surfer.open(&format!("/account/manage/{list}/nobody@acme.example")).await;
        assert_eq!(surfer.status, 404);
    }
}

#[tokio::test]
async fn the_way_that_a_person_is_told_leads_there() {
    for labelling in LABELLINGS {
        let (_site, mut surfer) = Site::by_hand(labelling);
        let people = if labelling == "guided" { "Members" } else { "Teammates" };
        for (way, heading) in [
            (vec!["Account", "Manage", people], people),
            (vec!["Account", "Manage", "Projects"], "Projects"),
            (vec!["Account", "Profile"], "Profile"),
        ] {
            surfer.open("/").await;
            for step in way {
                surfer.follow(step).await;
            }
            assert_eq!(surfer.heading(), heading);
        }
    }
}

#[tokio::test]
async fn a_tenant_that_begins_empty_and_is_used_by_its_without_api_has_no_scim() {
    for without_api in [true, false] {
        let folder = TempDir::new().unwrap();
        let options = Options::new(folder.path().join("heap.json"), Secret::new("t0ken".to_owned()));
        let emulator = start(Options { without_api, ..options }).unwrap();
        let members = format!("{}/account/manage/teammates", emulator.origin());
        let page = reqwest::get(members).await.unwrap().text().await.unwrap();
        assert!(page.contains("svc-grantline@acme.example"), "{page}");
        assert_eq!(page.contains("/invite"), without_api, "{page}");
    }
}
