//! The desktop shell: a window over rapport-client. No rule and no SQL lives here.

#[cfg(feature = "desktop")]
mod alone;
#[cfg(feature = "desktop")]
mod bridge;
#[cfg(feature = "desktop")]
mod notifications;
#[cfg(feature = "desktop")]
mod outward;
#[cfg(feature = "desktop")]
mod tray;
#[cfg(feature = "desktop")]
mod window;

#[cfg(feature = "desktop")]
pub use window::run;
