//! A small JSON reader, and the few words needed to write JSON: settings are JSON, and a whole library would triple a guest.

use std::{fmt::Write as _, iter::Peekable, str::CharIndices};

/// A JSON value. Objects keep their order, numbers their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// As it was written, so that no digit is lost.
    Number(String),
    /// A text, unescaped.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Names and values, in order; of equal names the first counts.
    Object(Vec<(String, Json)>),
}

/// Nesting deeper than this is refused, so that no text exhausts the stack.
const DEEPEST: usize = 32;

impl Json {
    /// Reads one value; `None` when the text is not JSON, or nested deeper than 32.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, chars: text.char_indices().peekable() };
        let value = reader.value(DEEPEST)?;
        reader.blanks();
        reader.chars.next().is_none().then_some(value)
    }

    /// The member of that name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(member, _)| member == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, if it is one that fits.
    pub fn integer(&self) -> Option<i64> {
        if let Self::Number(text) = self { text.parse().ok() } else { None }
    }

    /// The items, if it is a list.
    pub fn items(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The members, if it is an object.
    pub fn members(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

/// A text as a JSON string, quotes included.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control < ' ' => drop(write!(quoted, "\\u{:04x}", u32::from(control))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

/// A JSON list of values that are JSON already.
pub fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A JSON object of values that are JSON already.
pub fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members.map(|(name, value)| format!("{}:{value}", quote(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// A floating-point number as JSON; what JSON cannot say is `null`.
pub fn number(number: f64) -> String {
    if number.is_finite() { number.to_string() } else { "null".to_owned() }
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Json> {
        self.blanks();
        let (start, first) = self.chars.next()?;
        match first {
            'n' => self.word("ull", Json::Null),
            't' => self.word("rue", Json::Boolean(true)),
            'f' => self.word("alse", Json::Boolean(false)),
            '"' => self.string().map(Json::Text),
            '[' => self.list(depth.checked_sub(1)?),
            '{' => self.object(depth.checked_sub(1)?),
            '-' | '0'..='9' => self.number(start),
            _ => None,
        }
    }

    fn blanks(&mut self) {
        while self.chars.next_if(|(_, char)| matches!(char, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }

    /// Skips blanks, and then this character if it comes.
    fn take(&mut self, wanted: char) -> bool {
        self.blanks();
        self.chars.next_if(|(_, char)| *char == wanted).is_some()
    }

    fn word(&mut self, rest: &str, value: Json) -> Option<Json> {
        rest.chars().all(|wanted| self.chars.next().is_some_and(|(_, char)| char == wanted)).then_some(value)
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        if self.take(']') {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take(']') {
                return Some(Json::List(items));
            }
            self.take(',').then_some(())?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = Vec::new();
        if self.take('}') {
            return Some(Json::Object(members));
        }
        loop {
            self.take('"').then_some(())?;
            let name = self.string()?;
            self.take(':').then_some(())?;
            members.push((name, self.value(depth)?));
            if self.take('}') {
                return Some(Json::Object(members));
            }
            self.take(',').then_some(())?;
        }
    }

    fn number(&mut self, start: usize) -> Option<Json> {
        while self.chars.next_if(|(_, char)| matches!(char, '0'..='9' | '.' | '-' | '+' | 'e' | 'E')).is_some() {}
        let end = self.chars.peek().map_or(self.text.len(), |(at, _)| *at);
        let text = self.text.get(start..end)?;
        is_number(text).then(|| Json::Number(text.to_owned()))
    }

    /// The rest of a string whose opening quote is gone.
    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.chars.next()?.1 {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                control if control < ' ' => return None,
                char => text.push(char),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.chars.next()?.1 {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => return self.unicode(),
            char @ ('"' | '\\' | '/') => char,
            _ => return None,
        })
    }

    /// `XXXX`, or a surrogate pair `XXXX\uXXXX`.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        let pair = self.chars.next()?.1 == '\\' && self.chars.next()?.1 == 'u';
        let second = pair.then(|| self.hex())??.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + second)
    }

    fn hex(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |number, _| Some(number * 16 + self.chars.next()?.1.to_digit(16)?))
    }
}

/// Whether it is a number as JSON writes them: no leading zeros, digits around the point, digits after the `e`.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let canonical = whole == "0" || !whole.starts_with('0');
    digits(whole) && canonical && digits(fraction) && digits(exponent)
}

#[cfg(test)]
mod tests;
