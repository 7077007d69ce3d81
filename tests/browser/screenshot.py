"""A picture of a part of a report: screenshot.py PAGE.html PICTURE.png [SELECTOR] [WIDTH] [HEIGHT] [dark].

The pictures of docs/images are of examples/tokenizer:
    pgo-orch run; screenshot.py .pgo-orch/latest/report.html report-light.png body 1000 955
    pgo-orch analyze --variant '*'; screenshot.py .pgo-orch/latest/report.html report-dark.png "#phases" 1000 1330 dark
"""
import sys

from webdriver import Browser, Driver


def main(page, picture, selector="body", width=1000, height=955, scheme="light"):
    driver = Driver()
    browser = Browser(driver, width=int(width), height=int(height), dark=scheme == "dark")
    browser.open(page)
    browser.wait("document.documentElement.dataset.drawn === 'yes'")
    browser.run("document.querySelector(arguments[0]).scrollIntoView()", selector)
    browser.screenshot(picture)
    browser.close()
    driver.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
