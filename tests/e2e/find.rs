//! How a test names a thing on the screen: by what a person sees or hears, never by class or id.

#![allow(dead_code, reason = "a vocabulary: no story needs every word of it")]

/// A thing on the screen: an XPath, and how a person would call it.
#[derive(Clone, Debug)]
pub struct Find {
    pub xpath: String,
    pub called: String,
}

const FIELDS: &str = "self::input or self::textarea or self::select or @role='textbox' \
                      or @role='combobox' or @role='searchbox' or @role='spinbutton'";

/// A button, also one that looks like none, by its text or label.
pub fn button(name: &str) -> Find {
    let own = "self::button or @role='button' or self::input[@type='submit']";
    named(own, name, format!("the button \"{name}\""))
}

pub fn link(name: &str) -> Find {
    named("self::a or @role='link'", name, format!("the link \"{name}\""))
}

pub fn tab(name: &str) -> Find {
    named("@role='tab'", name, format!("the tab \"{name}\""))
}

/// An entry of a menu, a list box or a palette.
pub fn option(name: &str) -> Find {
    let own = "self::option or @role='option' or @role='menuitem' or @role='menuitemradio'";
    named(own, name, format!("the option \"{name}\""))
}

pub fn heading(name: &str) -> Find {
    let own = "self::h1 or self::h2 or self::h3 or self::h4 or @role='heading'";
    named(own, name, format!("the heading \"{name}\""))
}

/// A dialog, drawer or popover by its label or its title.
pub fn dialog(name: &str) -> Find {
    named("@role='dialog' or @role='alertdialog' or self::dialog", name, format!("the dialog \"{name}\""))
}

/// A field of a form by its label.
pub fn field(label: &str) -> Find {
    let name = literal(label);
    let labels = format!("//label[normalize-space(.)={name} or .//text()[normalize-space(.)={name}]]");
    let xpath = format!(
        "//*[{FIELDS}][@aria-label={name} or @placeholder={name} or @id={labels}/@for \
         or ancestor::label[.//text()[normalize-space(.)={name}]] \
         or @aria-labelledby=//*[normalize-space(.)={name}]/@id]"
    );
    Find { xpath, called: format!("the field \"{label}\"") }
}

/// The innermost element whose text contains this.
pub fn text(text: &str) -> Find {
    let part = literal(text);
    let contains = format!("contains(normalize-space(.),{part})");
    let xpath = format!("//*[ancestor::body][not(self::script or self::style)][{contains}][not(*[{contains}])]");
    Find { xpath, called: format!("the text \"{text}\"") }
}

/// A row of a table or list that contains a text.
pub fn row(containing: &str) -> Find {
    let part = literal(containing);
    let own = "self::tr or @role='row' or self::li or @role='listitem'";
    let xpath = format!("//*[{own}][contains(normalize-space(.),{part})]");
    Find { xpath, called: format!("the row with \"{containing}\"") }
}

/// All things of a role: `role("status")`, `role("row")`.
pub fn role(role: &str) -> Find {
    let native = match role {
        "row" => " or self::tr",
        "article" => " or self::article",
        "button" => " or self::button",
        "table" => " or self::table",
        "main" => " or self::main",
        "navigation" => " or self::nav",
        "list" => " or self::ul or self::ol",
        "listitem" => " or self::li",
        _ => "",
    };
    let xpath = format!("//*[@role={}{native}]", literal(role));
    Find { xpath, called: format!("the role \"{role}\"") }
}

impl Find {
    /// The same, but inside of another thing: `button("Edit").within(&row("So Clinic"))`.
    pub fn within(&self, outer: &Self) -> Self {
        Self { xpath: format!("{}{}", outer.xpath, self.xpath), called: format!("{} in {}", self.called, outer.called) }
    }

    /// The same with a text somewhere inside: `role("status").with_text("3 waiting")`.
    pub fn with_text(&self, text: &str) -> Self {
        Self {
            xpath: format!("{}[contains(normalize-space(.),{})]", self.xpath, literal(text)),
            called: format!("{} with \"{text}\"", self.called),
        }
    }
}

/// Elements of a kind with this name: whole text, one of its parts (a shortcut or an icon may stand
/// beside it), or label.
fn named(own: &str, name: &str, called: String) -> Find {
    let name = literal(name);
    let xpath = format!(
        "//*[{own}][normalize-space(.)={name} or .//text()[normalize-space(.)={name}] \
         or @aria-label={name} or @value={name} or @aria-labelledby=//*[normalize-space(.)={name}]/@id]"
    );
    Find { xpath, called }
}

/// A text as an XPath literal; XPath 1 knows no escapes.
fn literal(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(",\"'\","))
}

#[test]
fn a_literal_survives_both_kinds_of_quotes() {
    assert_eq!(literal("So Clinic"), "'So Clinic'");
    assert_eq!(literal("O'Neil \"x\""), "concat('O',\"'\",'Neil \"x\"')");
}
