//! Tables in Markdown, so that docs/numbers.md can take them as they are.

use std::time::Duration;

/// Prints a table under its title.
#[allow(clippy::print_stdout, reason = "this is what a benchmark is for")]
pub fn print(title: &str, head: &[&str], rows: &[Vec<String>]) {
    println!("\n### {title}\n\n{}", render(head, rows));
}

fn render(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
    let width = |column: usize| {
        let cells = std::iter::once(&head).chain(rows).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} |"));
        format!("|{}", cells.collect::<String>())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let lines = [line(&head), line(&rule)].into_iter().chain(rows.iter().map(|row| line(row)));
    lines.collect::<Vec<_>>().join("\n")
}

/// A time, short: `12.3 µs`, `4.56 ms`, `7.89 s`.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.001 {
        format!("{:.1} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// A share of a whole, in percent.
pub fn share(part: Duration, whole: Duration) -> String {
    format!("{:.0} %", 100.0 * part.div_duration_f64(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["bare".to_owned(), "1".to_owned()], vec!["a".to_owned(), "12.5".to_owned()]];
        let expected = "| what | ratio |\n| ---- | ----- |\n| bare | 1     |\n| a    | 12.5  |";
        assert_eq!(render(&["what", "ratio"], &rows), expected);
    }

    #[test]
    fn times_and_shares_are_short() {
        assert_eq!(time(Duration::from_nanos(12_340)), "12.3 µs");
        assert_eq!(time(Duration::from_micros(4_560)), "4.56 ms");
        assert_eq!(time(Duration::from_millis(7_890)), "7.89 s");
        assert_eq!(share(Duration::from_millis(250), Duration::from_secs(1)), "25 %");
    }
}
