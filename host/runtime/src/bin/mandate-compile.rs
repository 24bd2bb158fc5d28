//! Compiles one component for a host that started it: what `mandate` does itself, as a program for hosts of one's own.

fn main() -> std::process::ExitCode {
    mandate_runtime::compile::serve()
}
