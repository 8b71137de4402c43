//! A stack: observed ([`survey`]), decided about ([`decision`]), planned up ([`up`]) or down ([`down`]), priced ([`cost`]),
//! and told whether it is alive ([`health`]).

pub(crate) mod cost;
pub(crate) mod decision;
pub(crate) mod down;
pub(crate) mod health;
pub(crate) mod survey;
pub(crate) mod up;
mod witness;
