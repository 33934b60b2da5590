//! The one integration test binary: stories of devices and their server, told with the real parts.

mod support {
    pub mod dice;
    pub mod office;
    pub mod programs;
    #[cfg(target_os = "linux")]
    pub mod road;
}
mod flow {
    mod bulk;
    mod carry;
    mod kill;
    /// Clocks are moved by libfaketime.
    #[cfg(target_os = "linux")]
    mod rough;
    mod story;
}
mod sync {
    mod agree;
    mod answers;
    mod backlog;
    mod compare;
    mod download;
    mod entitlement;
    mod erase;
    mod faults;
    mod identity;
    mod leaving;
    mod merging;
    mod orders;
    mod review;
    mod rules;
    mod scope;
    mod skew;
}
/// The real window; it needs the display, bus and keyring that `tests/session.sh` makes.
#[cfg(all(target_os = "linux", feature = "desktop"))]
mod e2e {
    pub mod axe;
    pub mod desk;
    pub mod driver;
    pub mod find;
    pub mod ipc;
    pub mod keys;
    pub mod picture;
    pub mod steps;
    pub mod window;

    mod crash;
    mod enrol;
    mod files;
    mod minute;
    mod reminders;
    mod restart;
    mod story;
    mod trouble;
}
