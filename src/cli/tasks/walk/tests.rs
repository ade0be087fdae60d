use super::*;

/// What a walk ticked off with these answers, what it printed, and how it ended.
fn walked(batches: &[Batch], answers: &str) -> (Vec<String>, String, Walked) {
    let (mut ticked, mut out) = (Vec::new(), Vec::new());
    let mut tick = |task: &Task, note: Option<String>| {
        ticked.push(format!("{} {}", task.title, note.unwrap_or_default()).trim().to_owned());
        Ok(())
    };
    let end = walk(&mut answers.as_bytes(), &mut out, &Look::plain(), batches, &mut tick).unwrap();
    (ticked, String::from_utf8(out).unwrap(), end)
}

fn page() -> Vec<Batch> {
    vec![Batch::for_tests(vec![Task::for_tests(1, "Remove Ana"), Task::for_tests(2, "Remove Bob")])]
}

#[test]
fn each_task_is_shown_asked_about_and_ticked_off_with_its_note() {
    let (ticked, out, end) = walked(&page(), "d\ndone  moved her boards \n");
    assert_eq!(ticked, ["Remove Ana", "Remove Bob moved her boards"]);
    assert_eq!(end, Walked { ticked: 2, left: 0 });
    assert!(out.contains("Task 1 of 2") && out.contains("Task 2 of 2") && out.contains("1. Do it."), "{out}");
    let record = out.find("grantline snapshot v/site --from -\n").unwrap();
    assert!(out.find("Remove Bob").unwrap() < record && out.trim_end().ends_with("--from -"), "{out}");
}

#[test]
fn skipping_leaves_a_task_and_quitting_leaves_the_rest() {
    assert_eq!(walked(&page(), "s\nd\n").0, ["Remove Bob"]);
    let (ticked, out, end) = walked(&page(), "q\n");
    assert!(ticked.is_empty() && !out.contains("Remove Bob"), "{out}");
    assert_eq!(end, Walked { ticked: 0, left: 2 });
    assert!(!out.contains("grantline snapshot"), "{out}");
}

#[test]
fn whoever_stops_answering_stops_the_walk() {
    let (ticked, _, end) = walked(&page(), "d\n");
    assert_eq!((ticked.len(), end), (1, Walked { ticked: 1, left: 1 }));
}

#[test]
fn an_answer_that_says_nothing_is_asked_for_again() {
    let (ticked, out, _) = walked(&page(), "yes\nskip it\n\nD\nS\n");
    assert_eq!(ticked, ["Remove Ana"]);
    assert_eq!(out.matches("Please answer").count(), 3);
}

#[test]
fn what_comes_after_a_task_that_is_left_is_left_too() {
    let mut batches = page();
    let first = batches[0].tasks[0].id.clone();
    batches[0].tasks[1].blocked = vec![Blocked::Task(first)];
    assert_eq!(walked(&batches, "s\nd\n").0, [""; 0]);
    assert_eq!(walked(&batches, "d\nd\n").0, ["Remove Ana", "Remove Bob"]);
}

#[test]
fn only_what_can_be_done_now_is_asked_about() {
    let mut batches = page();
    batches[0].tasks[0].state = TaskState::Sent;
    batches[0].tasks[1].blocked = vec![Blocked::Waits("Ten are pending.".into())];
    let (ticked, out, end) = walked(&batches, "d\nd\n");
    assert!(ticked.is_empty() && out.is_empty(), "{out}");
    assert_eq!(end, Walked::default());
    batches[0].tasks[0].state = TaskState::Reopened;
    let (ticked, out, _) = walked(&batches, "d\n");
    assert_eq!(ticked, ["Remove Ana"]);
    assert!(out.contains("REOPENED"), "{out}");
}

#[test]
fn a_tick_that_cannot_be_kept_ends_the_walk() {
    let mut out = Vec::new();
    let end = walk(&mut "d\nd\n".as_bytes(), &mut out, &Look::plain(), &page(), &mut |_, _| {
        anyhow::bail!("disk full")
    });
    assert_eq!(end.unwrap_err().to_string(), "disk full");
}
