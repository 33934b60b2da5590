//! The one integration test binary: stories of devices and their server, told with the real parts.

mod support {
    pub mod office;
}
mod sync {
    mod agree;
    mod faults;
    mod rules;
}
