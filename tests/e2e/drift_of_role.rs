//! Drift of each managed field of the delivery role. How it is tried stands in `drift`.

use aws_sdk_iam::types::Tag;
use serde_json::json;

use crate::drift::{Drift, is_found_and_mended};
use crate::stack::{role, set_up, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;

/// The name of our inline policy.
const POLICY: &str = "ecrmon-cloudtrail-logs";

/// By field, and the whole role at last.
const OF_THE_ROLE: &[Drift] = &[
    Drift {
        name: "another trust policy",
        fields: &["trust"],
        make: |world| {
            let trust = json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
            let request = Clients::of(world)
                .iam
                .update_assume_role_policy()
                .role_name(role(world));
            world
                .block_on(request.policy_document(trust.to_string()).send())
                .expect("the trust is put");
        },
    },
    Drift {
        name: "a wider policy",
        fields: &["policy"],
        make: |world| {
            let wide = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]});
            let request = Clients::of(world)
                .iam
                .put_role_policy()
                .role_name(role(world))
                .policy_name(POLICY);
            world
                .block_on(request.policy_document(wide.to_string()).send())
                .expect("the policy is put");
        },
    },
    Drift {
        name: "no policy",
        fields: &["policy"],
        make: |world| {
            let request = Clients::of(world)
                .iam
                .delete_role_policy()
                .role_name(role(world));
            world
                .block_on(request.policy_name(POLICY).send())
                .expect("the policy is deleted");
        },
    },
    Drift {
        name: "a boundary",
        fields: &["permissions_boundary"],
        make: |world| {
            let boundary = format!("arn:aws:iam::{}:policy/boundary", world.account());
            let request = Clients::of(world)
                .iam
                .put_role_permissions_boundary()
                .role_name(role(world));
            world
                .block_on(request.permissions_boundary(boundary).send())
                .expect("the boundary is put");
        },
    },
    Drift {
        name: "a tag changed",
        fields: &["tags"],
        make: |world| {
            let tag = Tag::builder()
                .key("team")
                .value("other")
                .build()
                .expect("a tag");
            world
                .block_on(
                    Clients::of(world)
                        .iam
                        .tag_role()
                        .role_name(role(world))
                        .tags(tag)
                        .send(),
                )
                .expect("tagged");
        },
    },
    Drift {
        name: "a tag removed",
        fields: &["tags"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .iam
                        .untag_role()
                        .role_name(role(world))
                        .tag_keys("team")
                        .send(),
                )
                .expect("untagged");
        },
    },
    Drift {
        name: "the role deleted",
        fields: &["all"],
        make: |world| {
            let iam = Clients::of(world).iam;
            let policy = iam
                .delete_role_policy()
                .role_name(role(world))
                .policy_name(POLICY);
            world
                .block_on(policy.send())
                .expect("the policy is deleted");
            world
                .block_on(iam.delete_role().role_name(role(world)).send())
                .expect("the role is deleted");
        },
    },
];

#[test]
fn drift_of_the_role_is_found_and_mended() {
    let world = world_with(&["--tag", "team=platform"]);
    is_found_and_mended(&world, OF_THE_ROLE);
}

#[test]
fn a_removed_boundary_is_put_back() {
    let world = World::new();
    let boundary = format!("arn:aws:iam::{}:policy/boundary", world.account());
    set_up(&world, &["--permissions-boundary", &boundary]);
    is_found_and_mended(
        &world,
        &[Drift {
            name: "no boundary",
            fields: &["permissions_boundary"],
            make: |world| {
                let request = Clients::of(world)
                    .iam
                    .delete_role_permissions_boundary()
                    .role_name(role(world));
                world
                    .block_on(request.send())
                    .expect("the boundary is deleted");
            },
        }],
    );
}
