//! The central server of Rapport, as a program.

/// Answers are put together on the store's threads and sent on others, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rapport_server::command::main()
}
