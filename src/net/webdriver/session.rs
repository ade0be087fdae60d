//! What a person does with a page, done in a window.

use super::Browser;
use super::script::{self, Control, Controls, HIDE, Looked};
use super::window::{acted, broken};
use crate::apply::browser::{Capture, PageError, Session, Sight, Until, only};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use thirtyfour::WebElement;

/// What [`Session::press`] presses.
const PRESSED: [&str; 2] = ["button", "link"];

#[async_trait]
impl Session for Browser {
    async fn open(&mut self, url: &str) -> Result<(), PageError> {
        self.window()?.goto(url).await.map_err(|error| broken(&error))
    }

    async fn look(&mut self, until: &Until) -> Result<Sight, PageError> {
        if let Some(awaited) = script::awaited(until) {
            self.wait(&awaited).await?;
            // A heading stands before its table is filled, and a table that is half there would be read as a small one.
            self.settle().await?;
        }
        let looked: Looked = self.ask("look()", Vec::new()).await?;
        let url = self.window()?.current_url().await.map_err(|error| broken(&error))?;
        Ok(looked.at(url.into()))
    }

    async fn press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        let control = self.find(&PRESSED, what, row).await?;
        self.element(&control)?.click().await.map_err(|error| acted(what, &error))?;
        self.settle().await
    }

    async fn can_press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.found(&PRESSED, what, row).await.map(drop)
    }

    async fn fill(&mut self, label: &[String], value: &str) -> Result<(), PageError> {
        let control = self.find(&["text"], label, None).await?;
        let field = self.element(&control)?;
        field.clear().await.map_err(|error| acted(label, &error))?;
        field.send_keys(value).await.map_err(|error| acted(label, &error))?;
        let holds = field.prop("value").await.map_err(|error| acted(label, &error))?;
        if holds.as_deref() == Some(value) {
            return Ok(());
        }
        Err(PageError::Blocked { what: label.to_vec(), why: "it does not take what is typed".to_owned() })
    }

    async fn choose(
        &mut self,
        label: &[String],
        option: &[String],
        row: Option<&str>,
    ) -> Result<(), PageError> {
        let choice = self.find(&["choice"], label, row).await?;
        let element = self.element(&choice)?;
        if choice.opens {
            element.click().await.map_err(|error| acted(label, &error))?;
            self.wait(&json!({ "what": "option" })).await?;
        }
        let options: Vec<Control> = self.ask("options(arguments[0])", vec![choice.element.clone()]).await?;
        let names: Vec<Vec<String>> = options.iter().map(|one| one.names.clone()).collect();
        let at = match only(&names, option, None) {
            Err(PageError::Missing { there, .. }) => {
                return Err(PageError::missing(option, "among the options", there));
            }
            found => found?,
        };
        let chosen = self.element(&options[at])?;
        chosen.click().await.map_err(|error| acted(option, &error))?;
        self.settle().await?;
        if is_refused(&chosen).await {
            return Err(PageError::Blocked {
                what: option.to_vec(),
                why: "the page does not take it as the choice".to_owned(),
            });
        }
        Ok(())
    }

    async fn capture(&mut self, keep: &[String]) -> Result<Capture, PageError> {
        let html = self.window()?.source().await.map_err(|error| broken(&error))?;
        // A page that cannot be made fit for a picture has none; its HTML is there all the same.
        let picture = self.picture(keep).await.unwrap_or_default();
        Ok(Capture { html, picture })
    }

    async fn is_open(&mut self) -> bool {
        match self.window() {
            Ok(window) => window.windows().await.is_ok_and(|windows| !windows.is_empty()),
            Err(_) => false,
        }
    }

    async fn close(&mut self) {
        self.end().await;
    }
}

/// Whether one of the browser's own options was clicked and not taken: a disabled one is clicked without an error, and
/// what was chosen before it would be sent in its place. One that the page has replaced meanwhile tells nothing, nor does
/// one that the page draws itself; the row tells later.
async fn is_refused(option: &WebElement) -> bool {
    let is_native = option.tag_name().await.is_ok_and(|tag| ["option", "input"].contains(&tag.as_str()));
    is_native && matches!(option.is_selected().await, Ok(false))
}

impl Browser {
    fn element(&self, control: &Control) -> Result<WebElement, PageError> {
        let handle = Arc::clone(self.window()?.handle());
        WebElement::from_json(control.element.clone(), handle).map_err(|error| broken(&error))
    }

    /// Finds what is called so, once the page has had time to show it.
    async fn find(&self, roles: &[&str], what: &[String], row: Option<&str>) -> Result<Control, PageError> {
        match self.found(roles, what, row).await {
            Ok(control) => Ok(control),
            Err(_) => {
                self.wait(&json!({ "what": "control", "words": what, "account": row })).await?;
                self.found(roles, what, row).await
            }
        }
    }

    async fn found(&self, roles: &[&str], what: &[String], row: Option<&str>) -> Result<Control, PageError> {
        let account = row.map_or(Value::Null, Into::into);
        let found: Controls = self.ask("controls(arguments[0])", vec![account]).await?;
        if let Some(account) = row.filter(|_| found.rows != 1) {
            return Err(PageError::Row { account: account.to_owned(), times: found.rows });
        }
        let mut usable = found.controls;
        usable.retain(|one| roles.contains(&one.role.as_str()));
        let names = |controls: &[Control]| controls.iter().map(|one| one.names.clone()).collect::<Vec<_>>();
        let not: Vec<Control> = usable.extract_if(.., |one| !one.enabled).collect();
        match only(&names(&usable), what, row) {
            Ok(at) => Ok(usable.swap_remove(at)),
            Err(PageError::Missing { .. }) if only(&names(&not), what, row).is_ok() => {
                Err(PageError::Blocked { what: what.to_vec(), why: "it is disabled".to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    /// A picture, if nothing of other people can be read on it: looked at before and after it is taken.
    async fn picture(&self, keep: &[String]) -> Result<Option<Vec<u8>>, PageError> {
        if !self.is_fit(keep, true).await? {
            return Ok(None);
        }
        let picture = self.window()?.screenshot_as_png().await.map_err(|error| broken(&error))?;
        Ok(self.is_fit(keep, false).await?.then_some(picture))
    }

    /// Whether nothing of other people can be read, once it is hidden if that is asked for.
    async fn is_fit(&self, keep: &[String], hide: bool) -> Result<bool, PageError> {
        let answer = self.window()?.execute(HIDE, vec![json!(keep), hide.into()]).await;
        Ok(answer.map_err(|error| broken(&error))?.json() == &Value::Bool(true))
    }
}
