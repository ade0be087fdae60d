use super::*;

async fn five(behaviour: Behaviour) -> Site {
    let site = Site::behaving(behaviour);
    for name in ["a", "b", "c", "d"] {
        site.user(name).await;
    }
    site
}

fn with(change: impl FnOnce(&mut Behaviour)) -> Behaviour {
    let mut behaviour = Behaviour::default();
    change(&mut behaviour);
    behaviour
}

const OWN: &str = "svc-grantline@acme.example";

#[tokio::test]
async fn an_index_is_counted_from_one() {
    let site = five(with(|b| b.max_page = 2)).await;
    let (_, page) = site.get("/Users?startIndex=1&count=50").await;
    assert_eq!(names(&page), [OWN, "a"]);
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(5), &json!(2)));
    let (_, page) = site.get("/Users?startIndex=5&count=2").await;
    assert_eq!(names(&page), ["d"]);
    let (_, page) = site.get("/Users?startIndex=6").await;
    assert_eq!((names(&page).len(), &page["totalResults"]), (0, &json!(5)));
    let (_, page) = site.get("/Users?startIndex=-3&count=-1").await;
    assert_eq!((names(&page).len(), &page["startIndex"]), (0, &json!(1)));
    assert_eq!(site.get("/Users?count=many").await.0, 400);
}

#[tokio::test]
async fn a_cursor_leads_from_page_to_page_and_is_good_for_its_query_only() {
    let site = five(with(|b| b.paging = Paging::Cursor)).await;
    let (_, page) = site.get("/Users?cursor&count=3").await;
    assert_eq!(names(&page), [OWN, "a", "b"]);
    let cursor = page["nextCursor"].as_str().unwrap().to_owned();
    let (_, page) = site.get(&format!("/Users?cursor={cursor}&count=3")).await;
    assert_eq!(names(&page), ["c", "d"]);
    assert_eq!(page.get("nextCursor"), None);
    for path in [format!("/Users?filter=active+pr&cursor={cursor}"), "/Users?cursor=zz".to_owned()] {
        let (status, error) = site.get(&path).await;
        assert_eq!((status, &error["scimType"]), (400, &json!("invalidCursor")));
    }
}

#[tokio::test]
async fn a_cursor_whose_place_is_gone_has_expired() {
    let site = five(with(|b| b.paging = Paging::Both)).await;
    let (_, page) = site.get("/Users?cursor&count=2").await;
    let last = page["Resources"][1]["id"].as_str().unwrap();
    site.send(Method::DELETE, &format!("/Users/{last}"), Value::Null).await;
    let (_, error) = site.get(&format!("/Users?cursor={}", page["nextCursor"].as_str().unwrap())).await;
    assert_eq!(error["scimType"], "expiredCursor");
}

#[tokio::test]
async fn servers_that_page_wrongly() {
    let site = five(with(|b| {
        b.max_page = 2;
        b.ignore_start_index = true;
    }))
    .await;
    assert_eq!(names(&site.get("/Users?startIndex=3").await.1), [OWN, "a"]);
    site.emulator.behave(with(|b| b.ignore_count = true));
    assert_eq!(names(&site.get("/Users?count=1").await.1).len(), 5);
    site.emulator.behave(with(|b| b.repeat_first_page = true));
    assert_eq!(names(&site.get("/Users?startIndex=6&count=2").await.1), [OWN, "a"]);
    site.emulator.behave(with(|b| b.repeat_ids = true));
    assert_eq!(names(&site.get("/Users?startIndex=3&count=2").await.1), ["a", "b"]);
    site.emulator.behave(with(|b| b.ignore_filter = true));
    assert_eq!(names(&site.get("/Users?filter=userName+eq+%22a%22").await.1).len(), 5);
    site.emulator.behave(with(|b| b.moving_total = true));
    let (first, second) = (site.get("/Users").await.1, site.get("/Users?startIndex=2").await.1);
    assert_ne!(first["totalResults"], second["totalResults"]);
}

#[tokio::test]
async fn a_shuffled_list_holds_everyone_in_another_order() {
    let site = five(with(|b| b.shuffle = Some(7))).await;
    let (first, second) = (site.get("/Users").await.1, site.get("/Users").await.1);
    assert_ne!(names(&first), names(&second));
    let sorted = |page: &Value| {
        let mut names: Vec<String> = names(page).into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(sorted(&first), sorted(&second));
}

#[tokio::test]
async fn a_list_is_sorted_when_asked() {
    let site = five(Behaviour::default()).await;
    let (_, page) = site.get("/Users?sortBy=userName&sortOrder=descending&count=2").await;
    assert_eq!(names(&page), [OWN, "d"]);
}

#[tokio::test]
async fn a_write_shows_after_so_many_reads() {
    let site = Site::behaving(with(|b| b.settle_reads = 2));
    let path = format!("/Users/{}", site.user("jane").await);
    assert_eq!(site.get(&path).await.0, 404);
    assert_eq!(names(&site.get("/Users").await.1), [OWN]);
    assert_eq!(site.get(&path).await.0, 200);
}

#[tokio::test]
async fn a_search_by_post_can_be_right_where_a_get_is_wrong() {
    let site = five(with(|b| {
        b.default_page = Some(2);
        b.ignore_count = true;
        b.ignore_start_index = true;
    }))
    .await;
    let urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    let body = json!({ "schemas": [urn], "startIndex": 3, "count": 9, "attributes": ["userName"] });
    let search = async || site.send(Method::POST, "/Users/.search", body.clone()).await;
    assert_eq!(names(&site.get("/Users?startIndex=3&count=9").await.1), [OWN, "a"]);
    assert_eq!(names(&search().await.1), [OWN, "a"]);
    let mut behaviour = with(|b| b.default_page = Some(2));
    behaviour.ignore_count = true;
    behaviour.ignore_start_index = true;
    behaviour.search = Searching::Right;
    site.emulator.behave(behaviour);
    let (_, page) = search().await;
    assert_eq!((names(&page), page["Resources"][0].get("active")), (vec!["b", "c", "d"], None));
    assert_eq!(names(&site.get("/Users?startIndex=3&count=9").await.1), [OWN, "a"]);
    site.emulator.behave(with(|b| b.search = Searching::Off));
    assert_eq!(search().await.0, 501);
    assert_eq!(site.emulator.faults().writes(), 4);
}

#[tokio::test]
async fn a_filter_can_be_bound_to_case() {
    let site = five(with(|b| b.exact_filter = true)).await;
    assert_eq!(names(&site.get("/Users?filter=userName+eq+%22A%22").await.1).len(), 0);
    assert_eq!(names(&site.get("/Users?filter=USERNAME+eq+%22a%22").await.1), ["a"]);
}
