//! `ecrmon setup` from nothing and again.

use crate::support::world::World;

#[test]
fn a_first_setup_creates_everything_and_a_second_one_changes_nothing() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0).prints("created").says("ecrmon status");
    world.forget_calls();
    world.ecrmon(["setup", "--yes"]).exits(0).prints("Nothing to do: all 5 resources are as wanted.");
    assert_eq!(crate::support::calls::names(&world.mutating_calls()), Vec::<String>::new());
}
