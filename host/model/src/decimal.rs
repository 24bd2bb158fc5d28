//! Exact decimal numbers, such as money: a scaled integer inside, canonical text outside.

use std::fmt;

/// Most digits behind the point.
pub const MAX_SCALE: u8 = 15;

/// `units` / 10^`scale`. Two decimals of one column always have the same scale, so that their units compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    scale: u8,
}

/// What is wrong with a decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not digits with at most one point and an optional minus.
    #[error("`{0}` is not a decimal number such as `-12.50`")]
    Malformed(String),
    /// More digits behind the point than the column keeps.
    #[error("`{text}` has more than {scale} digits behind the point")]
    TooPrecise {
        /// What was given.
        text: String,
        /// Digits that the column keeps.
        scale: u8,
    },
    /// Beyond 64 bits.
    #[error("`{0}` is too large")]
    TooLarge(String),
}

impl Decimal {
    /// The number `units` / 10^`scale`; a scale over [`MAX_SCALE`] is taken as that.
    pub fn from_units(units: i64, scale: u8) -> Self {
        Self { units, scale: scale.min(MAX_SCALE) }
    }

    /// The scaled integer.
    pub fn units(self) -> i64 {
        self.units
    }

    /// Reads `-12.5` for a column of `scale` digits behind the point; fewer digits are filled up, more are refused unless zero.
    pub fn parse(text: &str, scale: u8) -> Result<Self, DecimalError> {
        let malformed = || DecimalError::Malformed(text.to_owned());
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || digits.ends_with('.') || !all_digits(whole) || !all_digits(fraction) {
            return Err(malformed());
        }
        let fraction = fraction.trim_end_matches('0');
        let missing = usize::from(scale)
            .checked_sub(fraction.len())
            .ok_or_else(|| DecimalError::TooPrecise { text: text.to_owned(), scale })?;
        let sign = if negative { "-" } else { "" };
        let units = format!("{sign}{whole}{fraction}{}", "0".repeat(missing));
        let units = units.parse().map_err(|_| DecimalError::TooLarge(text.to_owned()))?;
        Ok(Self { units, scale })
    }
}

impl fmt::Display for Decimal {
    /// Canonical text: always `scale` digits behind the point, no superfluous zero before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let power = 10_u64.pow(u32::from(self.scale));
        let (whole, fraction) = (self.units.unsigned_abs() / power, self.units.unsigned_abs() % power);
        if self.scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction:0width$}", width = usize::from(self.scale))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_canonical() {
        for (text, scale, canonical) in
            [("12.5", 2, "12.50"), ("-0.05", 2, "-0.05"), ("7", 0, "7"), ("007.10", 1, "7.1"), ("-0", 2, "0.00")]
        {
            assert_eq!(Decimal::parse(text, scale).map(|decimal| decimal.to_string()).as_deref(), Ok(canonical));
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for bad in ["", "-", ".5", "5.", "1e3", "1,5", "+1", "1.2.3", "٣"] {
            assert!(matches!(Decimal::parse(bad, 2), Err(DecimalError::Malformed(_))), "{bad}");
        }
        assert!(matches!(Decimal::parse("1.234", 2), Err(DecimalError::TooPrecise { .. })));
        assert!(matches!(Decimal::parse("92233720368547758.08", 2), Err(DecimalError::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn text_and_units_agree(units: i64, scale in 0_u8..=MAX_SCALE) {
            let decimal = Decimal::from_units(units, scale);
            prop_assert_eq!(Decimal::parse(&decimal.to_string(), scale), Ok(decimal));
        }
    }
}
