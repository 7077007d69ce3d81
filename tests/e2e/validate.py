"""Validates a provenance statement and a bill of materials by their publishers' own packages.

validate.py PROVENANCE BOM: in-toto-attestation parses the statement and its SLSA predicate, where an unknown field is an
error, and checks what the specification demands; cyclonedx-python-lib has the JSON Schemas of CycloneDX.
"""
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as Message
text = open(sys.argv[1]).read()
message = json_format.Parse(text, Message())
Statement.copy_from_pb(message).validate()
json_format.Parse(json.dumps(json.loads(text)["predicate"]), Provenance())
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[2]).read())
assert error is None, error
