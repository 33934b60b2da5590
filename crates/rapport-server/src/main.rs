//! The central server of Rapport, as a program.

fn main() -> std::process::ExitCode {
    rapport_server::command::main()
}
