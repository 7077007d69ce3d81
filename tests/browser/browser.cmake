# The HTML report in Chromium, driven from Python's standard library: `scripts/setup browser` installs both.
find_program(PYTHON3 python3)
if(NOT PYTHON3)
  set(PYTHON3 python3)  # the test says what is missing
endif()
add_test(NAME "browser: the HTML report" COMMAND ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/report_page.py $<TARGET_FILE:pgo-orch>)
set_tests_properties("browser: the HTML report" PROPERTIES LABELS "browser;full" TIMEOUT 600)
