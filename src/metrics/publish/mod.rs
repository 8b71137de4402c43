//! What the registry looks like, kept in CloudWatch as metrics of our own: what there is to publish ([`offer`], from
//! [`figures`]), what that costs ([`price`]), sending it ([`send`]), and doing so again and again ([`turns`]).

pub(crate) mod figures;
pub(crate) mod offer;
pub(crate) mod price;
pub(crate) mod send;
pub(crate) mod turns;

pub(crate) use offer::{Datum, Offer};
