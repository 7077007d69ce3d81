// For the static executable: libarchive's xar format, which nothing here uses but which comes with the rest,
// asks for these functions of libxml2, and that for 30 MB of ICU's tables. They are never called.
#include <stdlib.h>

#define NEVER_CALLED(name) \
  void name(void);         \
  void name(void) {        \
    abort();               \
  }

NEVER_CALLED(UTF8Toisolat1)
NEVER_CALLED(xmlBufferCreate)
NEVER_CALLED(xmlBufferFree)
NEVER_CALLED(xmlCleanupParser)
NEVER_CALLED(xmlFreeTextReader)
NEVER_CALLED(xmlFreeTextWriter)
NEVER_CALLED(xmlNewTextWriterMemory)
NEVER_CALLED(xmlReaderForIO)
NEVER_CALLED(xmlTextReaderConstLocalName)
NEVER_CALLED(xmlTextReaderConstValue)
NEVER_CALLED(xmlTextReaderIsEmptyElement)
NEVER_CALLED(xmlTextReaderMoveToFirstAttribute)
NEVER_CALLED(xmlTextReaderMoveToNextAttribute)
NEVER_CALLED(xmlTextReaderNodeType)
NEVER_CALLED(xmlTextReaderRead)
NEVER_CALLED(xmlTextReaderSetErrorHandler)
NEVER_CALLED(xmlTextWriterEndDocument)
NEVER_CALLED(xmlTextWriterEndElement)
NEVER_CALLED(xmlTextWriterSetIndent)
NEVER_CALLED(xmlTextWriterStartDocument)
NEVER_CALLED(xmlTextWriterStartElement)
NEVER_CALLED(xmlTextWriterWriteAttribute)
NEVER_CALLED(xmlTextWriterWriteBase64)
NEVER_CALLED(xmlTextWriterWriteFormatAttribute)
NEVER_CALLED(xmlTextWriterWriteString)
