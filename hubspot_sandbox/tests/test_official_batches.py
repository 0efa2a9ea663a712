"""HubSpot's own Python clients drive merges, batches, labels, history and validations."""

import hubspot_sdk
import pytest
from hubspot.crm.associations.v4 import (
    AssociationSpec,
    BatchInputPublicAssociationMultiArchive,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiArchive,
    PublicAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
    PublicObjectId,
)
from hubspot.crm.associations.v4.schema import PublicAssociationDefinitionCreateRequest
from hubspot.crm.companies import PublicMergeInput
from hubspot.crm.companies import SimplePublicObjectInputForCreate as NewCompany
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
    SimplePublicObjectInput,
)


def created(legacy, *emails: str) -> list[str]:
    inputs = [
        SimplePublicObjectBatchInputForCreate(
            properties={"email": email}, associations=[], object_write_trace_id=email
        )
        for email in emails
    ]
    body = BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    answer = legacy.crm.contacts.batch_api.create(body)
    return [one.id for one in answer.results]


def test_the_legacy_client_runs_every_batch_about_contacts(legacy):
    api = legacy.crm.contacts.batch_api
    jane, joe = created(legacy, "jane@acme.co.jp", "joe@acme.co.jp")
    changes = [SimplePublicObjectBatchInput(id=jane, properties={"city": "Ise"})]
    updated = api.update(BatchInputSimplePublicObjectBatchInput(inputs=changes))
    assert (updated.status, updated.results[0].properties["city"]) == ("COMPLETE", "Ise")
    upserts = [
        SimplePublicObjectBatchInputUpsert(id=email, id_property="email", properties={"jobtitle": "Buyer"})
        for email in ("joe@acme.co.jp", "new@acme.co.jp")
    ]
    told = api.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=upserts))
    assert [(one.id == joe, one.new) for one in told.results] == [(True, False), (False, True)]
    wanted = BatchReadInputSimplePublicObjectId(
        inputs=[SimplePublicObjectId(id=jane), SimplePublicObjectId(id="7")],
        properties=["city"],
        properties_with_history=["city"],
    )
    read = api.read(wanted)
    assert (read.num_errors, read.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    assert read.results[0].properties_with_history["city"][0].value == "Ise"
    api.archive(BatchInputSimplePublicObjectId(inputs=[SimplePublicObjectId(id=jane)]))
    with pytest.raises(ApiException) as gone:
        legacy.crm.contacts.basic_api.get_by_id(jane)
    assert gone.value.status == 404


def test_the_legacy_client_understands_a_batch_that_was_done_in_part(legacy):
    inputs = [
        SimplePublicObjectBatchInputForCreate(
            properties={"email": email}, associations=[], object_write_trace_id=email
        )
        for email in ("jane@acme.co.jp", "jane@acme.con")
    ]
    answer = legacy.crm.contacts.batch_api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))
    assert (answer.num_errors, len(answer.results)) == (1, 1)
    assert answer.errors[0].context == {"objectWriteTraceId": ["jane@acme.con"]}
    assert answer.errors[0].errors[0].code == "INVALID_EMAIL"


def test_the_legacy_client_merges_and_finds_the_record_by_its_old_id(legacy):
    api = legacy.crm.companies.basic_api
    stays, gone = (
        api.create(NewCompany(properties={"name": name, "domain": domain}, associations=[])).id
        for name, domain in (("Acme", "acme.co.jp"), ("ACME", "acme.com"))
    )
    merged = api.merge(PublicMergeInput(object_id_to_merge=gone, primary_object_id=stays))
    read = api.get_by_id(gone, properties=["hs_additional_domains", "hs_merged_object_ids"])
    assert (merged.id, read.id) == (stays, stays)
    assert read.properties["hs_additional_domains"] == "acme.com"
    assert read.properties["hs_merged_object_ids"] == gone
    assert api.update(gone, SimplePublicObjectInput(properties={"city": "Ise"})).id == stays


def test_the_legacy_client_labels_reads_and_archives_associations_in_batches(legacy):
    (jane,) = created(legacy, "jane@acme.co.jp")
    company = legacy.crm.companies.basic_api.create(NewCompany(properties={"name": "Acme"}, associations=[])).id
    made = legacy.crm.associations.v4.schema.definitions_api.create(
        "contacts", "companies", PublicAssociationDefinitionCreateRequest(label="Buyer", name="buyer")
    )
    spec = AssociationSpec(association_category="USER_DEFINED", association_type_id=made.results[0].type_id)
    pair = {"_from": PublicObjectId(id=jane), "to": PublicObjectId(id=company)}
    api = legacy.crm.associations.v4.batch_api
    posted = BatchInputPublicAssociationMultiPost(inputs=[PublicAssociationMultiPost(types=[spec], **pair)])
    assert api.create("contacts", "companies", posted).results[0].labels == ["Primary", "Buyer"]
    asked = BatchInputPublicFetchAssociationsBatchRequest(inputs=[PublicFetchAssociationsBatchRequest(id=jane)])
    (found,) = api.get_page("contacts", "companies", asked).results
    assert "Buyer" in {one.label for one in found.to[0].association_types}
    listed = legacy.crm.associations.v4.schema.definitions_api.get_all("contacts", "companies").results
    assert {(one.type_id, one.label) for one in listed} >= {
        (1, "Primary"),
        (279, None),
        (spec.association_type_id, "Buyer"),
    }
    ends = PublicAssociationMultiArchive(_from=PublicObjectId(id=jane), to=[PublicObjectId(id=company)])
    api.archive("contacts", "companies", BatchInputPublicAssociationMultiArchive(inputs=[ends]))
    assert legacy.crm.associations.v4.basic_api.get_page("contacts", jane, "companies").results == []


def test_the_current_client_runs_batches_and_merges(current):
    batch = current.crm.objects.contacts.batch
    made = batch.create(
        inputs=[
            {"properties": {"email": email}, "associations": []} for email in ("jane@acme.co.jp", "joe@acme.co.jp")
        ]
    )
    jane, joe = (one.id for one in made.results)
    told = batch.upsert(inputs=[{"id": "joe@acme.co.jp", "id_property": "email", "properties": {"city": "Ise"}}])
    assert (told.results[0].id, told.results[0].new) == (joe, False)
    merged = current.crm.objects.contacts.merge(object_id_to_merge=joe, primary_object_id=jane)
    assert merged.id == jane
    read = current.crm.objects.contacts.get(joe, properties_with_history=["city"])
    assert (read.id, read.properties_with_history["city"][0].source_type) == (jane, "MERGE_OBJECTS")
    batch.delete(inputs=[{"id": jane}])
    with pytest.raises(hubspot_sdk.NotFoundError):
        current.crm.objects.contacts.get(jane)


def test_the_current_client_associates_in_batches(current):
    jane = current.crm.objects.contacts.create(properties={"email": "jane@acme.co.jp"}, associations=[]).id
    company = current.crm.objects.companies.create(properties={"name": "Acme"}, associations=[]).id
    batch = current.crm.associations.batch
    primary = {"association_category": "HUBSPOT_DEFINED", "association_type_id": 1}
    ends = {"from": {"id": jane}, "to": {"id": company}}
    made = batch.create("companies", from_object_type="contacts", inputs=[{**ends, "types": [primary]}])
    assert made.results[0].labels == ["Primary"]
    found = batch.get("companies", from_object_type="contacts", inputs=[{"id": jane}])
    assert [one.to_object_id for one in found.results[0].to] == [company]
    batch.delete(
        "companies", from_object_type="contacts", inputs=[{"from": {"id": jane}, "to": [{"id": company}]}]
    )
    assert current.crm.associations.list("companies", object_type="contacts", object_id=jane).results == []


def test_the_current_client_sets_and_reads_validations(current):
    api = current.crm.properties_validations
    api.update_by_object_type_id_property_name_and_rule_type(
        "MAX_LENGTH", object_type_id="0-1", property_name="city", rule_arguments=["3"]
    )
    (found,) = api.get_by_object_type_id("0-1").results
    assert (found.property_name, found.property_validation_rules[0].rule_arguments) == ("city", ["3"])
    made = current.crm.objects.contacts.create(properties={"email": "a@b.co", "city": "Osaka"}, associations=[])
    assert made.properties["city"] == "Osaka"
