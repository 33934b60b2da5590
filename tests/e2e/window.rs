//! The real window in the hands of a test: look, click, type, wait.
//!
//! Every act waits until it can be done, and panics with what was on the screen when it cannot.
//! Several windows may be open at the same time, each on its own data folder.

#![allow(dead_code, reason = "a vocabulary: no story needs every word of it")]

use super::axe::{self, Violation};
use super::driver::Driver;
use super::find::Find;
use super::{ipc, keys, picture};
use fantoccini::Client;
use fantoccini::Locator::XPath;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::Value;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a person would wait before she says that it does not work.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(40);
/// Comes back when two frames have been painted.
const PAINTED: &str = "const done = arguments[arguments.length - 1];\
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)));";

/// The first of an XPath that can be seen. The driver's own question takes a fixed element for hidden.
const SHOWN: &str = "const found = document.evaluate(arguments[0], document, null, 7, null);\
    for (let index = 0; index < found.snapshotLength; index++) {\
      const one = found.snapshotItem(index), box = one.getBoundingClientRect();\
      const drawn = one.checkVisibility({ visibilityProperty: true, opacityProperty: true });\
      if (drawn && box.width > 0 && box.height > 0) return one;\
    }\
    return null;";

/// The app with its window.
pub struct App {
    client: Client,
    driver: Driver,
    folder: PathBuf,
    name: String,
}

impl App {
    /// Opens the app on a data folder. `args` follow `--data-dir`, such as `["--enrol", link]`.
    pub async fn open(bin: &Path, data_dir: &Path, args: &[&str]) -> Self {
        Self::open_with(bin, data_dir, args, &[]).await
    }

    /// The same with variables for this app alone, such as a bus that is not there.
    pub async fn open_with(bin: &Path, data_dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = results_folder();
        let driver = Driver::start(env, &folder.join(format!("{name}.log"))).await;
        let data_dir = data_dir.to_str().expect("a data folder has a name in UTF-8");
        let mut all = vec!["--data-dir", data_dir];
        all.extend(args);
        let client = driver.open(bin, &all).await;
        Self { client, driver, folder, name }
    }

    /// Closes the window as a person does.
    pub async fn close(self) {
        self.client.clone().close().await.expect("the window closes");
    }

    /// Ends the app with SIGKILL; what was saved must be there when it opens again.
    pub fn crash(mut self) {
        self.driver.crash();
    }

    /// Holds the app where it is: it has its data folder and its name, and answers nobody.
    pub fn freeze(&self) {
        self.driver.freeze();
    }

    /// The element, once it can be seen.
    pub async fn see(&self, find: &Find) -> Element {
        self.until(&format!("{} is not there", find.called), || self.first_shown(find)).await
    }

    /// Waits until it can be seen no more.
    pub async fn gone(&self, find: &Find) {
        let problem = format!("{} is still there", find.called);
        self.until(&problem, || async { Ok(self.first_shown(find).await?.is_none().then_some(())) }).await;
    }

    /// How many of them there are now, shown or not.
    pub async fn count(&self, find: &Find) -> usize {
        self.client.find_all(XPath(&find.xpath)).await.expect("the page answers").len()
    }

    /// Waits until there are so many.
    pub async fn see_count(&self, find: &Find, count: usize) {
        let problem = format!("{} is not there {count} times", find.called);
        self.until(&problem, || async {
            let found = self.client.find_all(XPath(&find.xpath)).await?;
            Ok((found.len() == count).then_some(()))
        })
        .await;
    }

    pub async fn click(&self, find: &Find) {
        self.act(find, "cannot be clicked", |element| async move { element.click().await }).await;
    }

    /// Replaces what is in a field.
    pub async fn type_into(&self, find: &Find, text: &str) {
        let typed = format!("{}{}", keys::BACKSPACE, text.replace('\n', keys::ENTER));
        self.act(find, "cannot be typed into", |element| {
            let typed = typed.clone();
            // Two calls: held keys are let go of at the end of a call only.
            async move {
                element.send_keys(keys::SELECT_ALL).await?;
                element.send_keys(&typed).await
            }
        })
        .await;
    }

    /// Picks an entry of a native select by its text.
    pub async fn choose(&self, find: &Find, entry: &str) {
        self.act(find, "has no such entry", |element| async move { element.select_by_label(entry).await }).await;
    }

    /// Presses keys wherever the focus is: `press("Ctrl+k")`, `press("Enter")`.
    pub async fn press(&self, keys: &str) {
        let pressed = self.client.perform_actions(keys::actions(keys)).await;
        pressed.unwrap_or_else(|error| panic!("{keys} cannot be pressed: {error}"));
    }

    /// The text that it shows.
    pub async fn text_of(&self, find: &Find) -> String {
        let problem = format!("{} has no text", find.called);
        self.until(&problem, || async {
            let Some(element) = self.first_shown(find).await? else { return Ok(None) };
            element.text().await.map(Some)
        })
        .await
    }

    /// What stands in a field.
    pub async fn value_of(&self, find: &Find) -> String {
        let value = self.see(find).await.prop("value").await;
        value.expect("the page answers").unwrap_or_default()
    }

    /// Waits until the focus is on it: what keyboard users and screen readers rely on.
    pub async fn has_focus(&self, find: &Find) {
        let problem = format!("{} has not the focus", find.called);
        self.until(&problem, || async {
            let Some(element) = self.first_shown(find).await? else { return Ok(None) };
            let active = self.client.active_element().await?;
            Ok((active.element_id() == element.element_id()).then_some(()))
        })
        .await;
    }

    /// Waits until the page is so wide, a little more or less.
    pub async fn until_sized(&self, width: i64) {
        let problem = format!("the window is not {width} wide");
        self.until(&problem, || async {
            let now = self.client.execute("return window.innerWidth", Vec::new()).await?;
            Ok(now.as_i64().is_some_and(|now| (now - width).abs() <= 4).then_some(()))
        })
        .await;
    }

    /// Runs JavaScript in the page and gives what it returns.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute(script, args).await.unwrap_or_else(|error| panic!("script: {error}\n{script}"))
    }

    /// Saves a picture of the window once it shows something, and gives its path.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let problem = format!("the window shows nothing for the picture {name}");
        let png = self.until(&problem, || async {
            self.client.execute_async(PAINTED, Vec::new()).await?;
            let png = self.client.screenshot().await?;
            Ok(picture::shows_something(&png).then_some(png))
        });
        let path = self.folder.join(format!("{name}.png"));
        std::fs::write(&path, png.await).expect("a picture can be saved");
        path
    }

    /// What axe finds wrong with the page as it stands.
    pub async fn axe(&self) -> Vec<Violation> {
        self.script(&axe::source(), Vec::new()).await;
        let found = self.client.execute_async(axe::RUN, Vec::new()).await;
        axe::violations(found.expect("axe runs in the page"))
    }

    /// Panics with a list when axe finds anything.
    pub async fn assert_accessible(&self) {
        let found = self.axe().await;
        let list: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "axe found {} violations:\n{}", found.len(), list.join("\n"));
    }

    /// From now on messages between the page and Rust are recorded, until the page is loaded anew.
    pub async fn record_ipc(&self) {
        self.script(ipc::RECORD, Vec::new()).await;
    }

    /// The messages since `record_ipc`.
    pub async fn ipc(&self) -> Vec<ipc::Message> {
        let log = self.script("return window.__ipcLog || [];", Vec::new()).await;
        serde_json::from_value(log).expect("the record has its own form")
    }

    /// The WebDriver client, for what no method here does.
    pub fn client(&self) -> &Client {
        &self.client
    }

    async fn first_shown(&self, find: &Find) -> Result<Option<Element>, CmdError> {
        let found = self.client.execute(SHOWN, vec![find.xpath.clone().into()]).await?;
        let id = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str);
        Ok(id.map(|id| Element::from_element_id(self.client.clone(), id.to_owned().into())))
    }

    /// Does something with an element as soon as both are ready.
    async fn act<F, R>(&self, find: &Find, problem: &str, act: F)
    where
        F: Fn(Element) -> R,
        R: Future<Output = Result<(), CmdError>>,
    {
        let problem = format!("{} {problem}", find.called);
        self.until(&problem, || async {
            let Some(element) = self.first_shown(find).await? else { return Ok(None) };
            act(element).await.map(Some)
        })
        .await;
    }

    /// Tries until it gives something; a page in motion is no failure, a page that stays so is.
    async fn until<T, F, R>(&self, problem: &str, attempt: F) -> T
    where
        F: Fn() -> R,
        R: Future<Output = Result<Option<T>, CmdError>>,
    {
        let started = Instant::now();
        let mut last = String::new();
        while started.elapsed() < PATIENCE {
            match attempt().await {
                Ok(Some(value)) => return value,
                Ok(None) => last.clear(),
                Err(error) if is_passing(&error) => last = format!(" ({error})"),
                Err(error) => panic!("{problem}: {error}"),
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("{problem} after {} s{last}{}", PATIENCE.as_secs(), self.seen().await)
    }

    /// What is on the screen, for the message of a failure.
    async fn seen(&self) -> String {
        let text = self.client.execute("return document.body.innerText;", Vec::new()).await;
        let text = text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
        let path = self.folder.join(format!("failed-{}.png", self.name));
        let picture = match self.client.screenshot().await {
            Ok(png) if std::fs::write(&path, &png).is_ok() => path.display().to_string(),
            _ => "no picture".to_owned(),
        };
        format!("\n-- on the screen ({picture}) --\n{text}\n--")
    }
}

/// Errors of a page that is just being redrawn.
fn is_passing(error: &CmdError) -> bool {
    error.is_stale_element_reference()
        || error.is_no_such_element()
        || error.is_element_not_interactable()
        || error.is_move_target_out_of_bounds()
        || error.is_invalid_element_state()
        || error.to_string().contains("click intercepted")
}

/// Where pictures and logs go.
fn results_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
    std::fs::create_dir_all(&folder).expect("a folder for pictures can be made");
    folder
}
