//! Sessions against the true server, against strangers, and on one device alone.

mod attachments;
mod device;
mod hand_over;
mod house;
mod idle;
mod newer_app;
mod reminders;
mod renewal;
mod revoked;
mod screens;
mod session;
mod sign_out;
mod strangers;
mod world;
