use super::walk::Walk;
use super::*;

const SVC: &str = "svc@acme.example";
const JANE_MAIL: &str = "jane@acme.example";

#[tokio::test]
async fn access_to_a_project_is_given_changed_and_taken_as_the_procedures_say() {
    for labelling in LABELLINGS {
        for scim in ["on", "off"] {
            let site = Site::of(&json!({ "labelling": labelling, "scim": scim }));
            let mut surfer = Surfer::new(site.emulator.origin());
            Walk::of(SVC, "", "analyst").follow(&mut surfer, "project", "grant").await;
            Walk::of(SVC, "analyst", "admin").follow(&mut surfer, "project", "change-level").await;
            Walk::of(SVC, "admin", "billing").follow(&mut surfer, "project", "change-level").await;
            Walk::of(JANE_MAIL, "consumer", "").follow(&mut surfer, "project", "revoke").await;
            let project = |change: &str| format!("teammate {SVC}: project 2208394 {change}");
            let effects = site.effects();
            assert_eq!(
                effects[..3],
                ["none -> analyst", "analyst -> admin", "admin -> billing"].map(project)
            );
            assert_eq!(effects[3..], ["teammate jane@acme.example: project 2208394 consumer -> none"]);
        }
    }
}

#[tokio::test]
async fn taking_access_is_asked_about_first() {
    let site = Site::start();
    let mut surfer = Surfer::new(site.emulator.origin());
    let walk = Walk::of(JANE_MAIL, "consumer", "");
    walk.follow_to_the_write(&mut surfer, "project", "revoke").await;
    assert!(surfer.shows(JANE_MAIL) && surfer.shows("Main"));
    surfer.press(&["Keep the access"], None).await;
    assert_eq!(surfer.heading(), "Project access");
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn only_somebody_with_an_account_and_without_access_is_added() {
    let site = Site::start();
    let mut surfer = Surfer::new(site.emulator.origin());
    for (email, said) in
        [("nobody@acme.example", "Nobody with this address"), ("Jane@acme.example", "access already")]
    {
        surfer.open("/account/manage/projects/2208394/add").await;
        surfer.fill(&["E-mail"], email);
        surfer.press(&["Add"], None).await;
        assert!(surfer.status == 422 && surfer.shows(said), "{email}: {}", surfer.html);
    }
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn each_project_has_a_page_that_the_list_leads_to() {
    let site = Site::start();
    let mut surfer = Surfer::new(site.emulator.origin());
    surfer.open("/account/manage/projects").await;
    surfer.press(&["Main"], None).await;
    assert_eq!(surfer.heading(), "Project access");
    let row = surfer.row(JANE_MAIL).unwrap();
    assert_eq!((&*row["Role"], &*row["E-mail"]), ("Consumer", JANE_MAIL));
    assert!(surfer.row(SVC).is_none());
    for path in ["1", "1/add", "2208394/people/svc-id/remove", "2208394/what"] {
        surfer.open(&format!("/account/manage/projects/{path}")).await;
        assert_eq!((surfer.status.as_u16(), &*surfer.heading()), (404, "Refused"), "{path}");
    }
}
