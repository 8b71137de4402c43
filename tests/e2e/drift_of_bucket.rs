//! Drift of each managed field of the log archive's bucket. How it is tried stands in `drift`.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, ExpirationStatus, ObjectOwnership,
    OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    Tag, Tagging, VersioningConfiguration,
};
use serde_json::Value;

use crate::drift::{Drift, is_found_and_mended};
use crate::stack::{TRAIL, bucket, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;

/// In the order of the fields.
const OF_THE_BUCKET: &[Drift] = &[
    Drift {
        name: "one block of public access off",
        fields: &["public_access"],
        make: open_one_block,
    },
    Drift {
        name: "no block of public access",
        fields: &["public_access"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .s3
                        .delete_public_access_block()
                        .bucket(bucket(world))
                        .send(),
                )
                .expect("deleted");
        },
    },
    Drift {
        name: "ACLs on",
        fields: &["ownership"],
        make: turn_acls_on,
    },
    Drift {
        name: "encrypted with a key",
        fields: &["encryption"],
        make: encrypt_with_a_key,
    },
    Drift {
        name: "versioning suspended",
        fields: &["versioning"],
        make: suspend_versioning,
    },
    Drift {
        name: "no policy",
        fields: &["policy"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .s3
                        .delete_bucket_policy()
                        .bucket(bucket(world))
                        .send(),
                )
                .expect("deleted");
        },
    },
    Drift {
        name: "its first statement removed",
        fields: &["policy"],
        make: |world| without_statement(world, 0),
    },
    Drift {
        name: "its second statement removed",
        fields: &["policy"],
        make: |world| without_statement(world, 1),
    },
    Drift {
        name: "its third statement removed",
        fields: &["policy"],
        make: |world| without_statement(world, 2),
    },
    Drift {
        name: "a statement widened",
        fields: &["policy"],
        make: |world| {
            edit_policy(world, |statements| statements[0]["Action"] = "s3:*".into());
        },
    },
    Drift {
        name: "no lifecycle",
        fields: &["expire_logs_days"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .s3
                        .delete_bucket_lifecycle()
                        .bucket(bucket(world))
                        .send(),
                )
                .expect("deleted");
        },
    },
    Drift {
        name: "our lifecycle rule off",
        fields: &["expire_logs_days"],
        make: turn_lifecycle_off,
    },
    Drift {
        name: "a tag removed",
        fields: &["tags"],
        make: untag,
    },
];

#[test]
fn drift_of_the_bucket_is_found_and_mended() {
    let world = world_with(&["--tag", "team=platform", "--expire-logs", "30"]);
    is_found_and_mended(&world, OF_THE_BUCKET);
}

fn open_one_block(world: &World) {
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(false)
        .restrict_public_buckets(true)
        .build();
    let request = Clients::of(world)
        .s3
        .put_public_access_block()
        .bucket(bucket(world));
    world
        .block_on(request.public_access_block_configuration(block).send())
        .expect("the block is put");
}

fn turn_acls_on(world: &World) {
    let rule = OwnershipControlsRule::builder()
        .object_ownership(ObjectOwnership::ObjectWriter)
        .build()
        .expect("a rule");
    let controls = OwnershipControls::builder()
        .rules(rule)
        .build()
        .expect("controls");
    let request = Clients::of(world)
        .s3
        .put_bucket_ownership_controls()
        .bucket(bucket(world))
        .ownership_controls(controls);
    world
        .block_on(request.send())
        .expect("the controls are put");
}

fn encrypt_with_a_key(world: &World) {
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::AwsKms)
        .kms_master_key_id(world.add_key())
        .build()
        .expect("a default");
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .build();
    let configuration = ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()
        .expect("a configuration");
    let request = Clients::of(world)
        .s3
        .put_bucket_encryption()
        .bucket(bucket(world));
    world
        .block_on(
            request
                .server_side_encryption_configuration(configuration)
                .send(),
        )
        .expect("the encryption is put");
}

fn suspend_versioning(world: &World) {
    let configuration = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Suspended)
        .build();
    let request = Clients::of(world)
        .s3
        .put_bucket_versioning()
        .bucket(bucket(world))
        .versioning_configuration(configuration);
    world.block_on(request.send()).expect("versioning is put");
}

fn without_statement(world: &World, index: usize) {
    edit_policy(world, |statements| drop(statements.remove(index)));
}

fn edit_policy(world: &World, edit: impl FnOnce(&mut Vec<Value>)) {
    let mut policy = world.state()["buckets"][bucket(world)]["policy"].clone();
    edit(policy["Statement"].as_array_mut().expect("statements"));
    let request = Clients::of(world)
        .s3
        .put_bucket_policy()
        .bucket(bucket(world))
        .policy(policy.to_string());
    world.block_on(request.send()).expect("the policy is put");
}

fn turn_lifecycle_off(world: &World) {
    let s3 = Clients::of(world).s3;
    let found = world
        .block_on(
            s3.get_bucket_lifecycle_configuration()
                .bucket(bucket(world))
                .send(),
        )
        .expect("a lifecycle");
    let mut rules = found.rules.expect("rules");
    rules[0].status = ExpirationStatus::Disabled;
    let lifecycle = BucketLifecycleConfiguration::builder()
        .set_rules(Some(rules))
        .build()
        .expect("a lifecycle");
    let request = s3
        .put_bucket_lifecycle_configuration()
        .bucket(bucket(world))
        .lifecycle_configuration(lifecycle);
    world
        .block_on(request.send())
        .expect("the lifecycle is put");
}

/// Replaces the whole set, as S3 does.
fn untag(world: &World) {
    let tag = Tag::builder()
        .key("ecrmon:stack")
        .value(TRAIL)
        .build()
        .expect("a tag");
    let tagging = Tagging::builder().tag_set(tag).build().expect("tags");
    world
        .block_on(
            Clients::of(world)
                .s3
                .put_bucket_tagging()
                .bucket(bucket(world))
                .tagging(tagging)
                .send(),
        )
        .expect("tagged");
}
