//! Cursors: the sort value and the id of the last row delivered, and nothing else; opaque to guests, refused if made up.

use data_encoding::BASE64URL_NOPAD;
use mandate_model::{Failure, Secret};
use serde::{Deserialize, Serialize};

use super::types::Cell;

/// Bytes of the seal in front.
const SEAL: usize = 12;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The last row's cell in the column that was ordered by.
    pub(super) key: Option<Cell>,
    /// Its id.
    pub(super) id: String,
}

/// The order that a cursor belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) dataset: &'a str,
    pub(super) column: Option<&'a str>,
    pub(super) descending: bool,
}

impl Cursor {
    /// As a guest gets it: the same for every principal who may see the row.
    pub(super) fn write(&self, secret: &Secret, order: Order<'_>) -> Result<String, Failure> {
        let body = serde_json::to_vec(self).map_err(|error| Failure::Unavailable(error.to_string()))?;
        let mut all = seal(secret, order, &body);
        all.extend(body);
        Ok(BASE64URL_NOPAD.encode(&all))
    }

    /// As a guest gave it back: of this order, and unchanged.
    pub(super) fn read(text: &str, secret: &Secret, order: Order<'_>) -> Result<Self, Failure> {
        let wrong = || Failure::Invalid("`after` is not the `next` of a page of this query".to_owned());
        let all = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong())?;
        let (sealed, body) = all.split_at_checked(SEAL).ok_or_else(wrong)?;
        if seal(secret, order, body) != sealed {
            return Err(wrong());
        }
        serde_json::from_slice(body).map_err(|_| wrong())
    }
}

fn seal(secret: &Secret, order: Order<'_>, body: &[u8]) -> Vec<u8> {
    let column = order.column.unwrap_or_default().as_bytes();
    let parts = [order.dataset.as_bytes(), column, &[u8::from(order.descending)], body];
    secret.mac("cursor", &parts).split_at(SEAL).0.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::types::Bits;

    const ORDER: Order<'static> = Order { dataset: "deals", column: Some("amount"), descending: false };

    fn secret() -> Secret {
        Secret::from_bytes([3; 32])
    }

    #[test]
    fn cursors_come_back() {
        let keys = [
            None,
            Some(Cell::Null),
            Some(Cell::Real(Bits::of(0.1))),
            Some(Cell::Text("é\"".to_owned())),
            Some(Cell::Blob(vec![0])),
        ];
        for key in keys {
            let cursor = Cursor { key, id: "d1".to_owned() };
            let back = cursor.write(&secret(), ORDER).and_then(|text| Cursor::read(&text, &secret(), ORDER));
            assert_eq!(back, Ok(cursor));
        }
    }

    #[test]
    fn made_up_ones_and_those_of_another_order_are_invalid() {
        let text = Cursor { key: Some(Cell::Integer(1)), id: "d1".to_owned() }.write(&secret(), ORDER).unwrap();
        let mut bent = text.clone();
        bent.replace_range(20..21, if text.as_bytes()[20] == b'A' { "B" } else { "A" });
        let cases = ["", "a", "d1", "!!!!", text.get(1..).unwrap(), &bent];
        for case in cases {
            assert!(matches!(Cursor::read(case, &secret(), ORDER), Err(Failure::Invalid(_))), "{case}");
        }
        let others = [
            Order { dataset: "people", ..ORDER },
            Order { column: None, ..ORDER },
            Order { column: Some("stage"), ..ORDER },
            Order { descending: true, ..ORDER },
        ];
        for other in others {
            assert!(matches!(Cursor::read(&text, &secret(), other), Err(Failure::Invalid(_))), "{other:?}");
        }
    }
}
