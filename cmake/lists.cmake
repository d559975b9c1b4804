# Lists that the build writes from the files it finds, so that adding an operator, an importer mapping, a
# kernel binding or a command is adding one file. Each list is a sequence of PESTLE_ITEM(stem) lines;
# the file <stem>.cpp must define the function that the reader of the list names (else: a link error).
function(pestle_write_list target output pattern)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${pattern})
  set(text "// Written by cmake/lists.cmake from src/${pattern}; do not edit.\n")
  foreach(file ${files})
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "_test$")
      string(APPEND text "PESTLE_ITEM(${stem})\n")
    endif()
  endforeach()
  set(path ${CMAKE_BINARY_DIR}/lists/pestle_lists/${output})
  file(CONFIGURE OUTPUT ${path} CONTENT "${text}" @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/lists)
endfunction()

function(pestle_lists_ops target)
  pestle_write_list(${target} ops.inc ops/*.cpp)
endfunction()

function(pestle_lists_runtime target)
  pestle_write_list(${target} bindings.inc runtime/bind/*.cpp)
  pestle_write_list(${target} controls.inc runtime/control/*.cpp)
endfunction()

function(pestle_lists_formats target)
  pestle_write_list(${target} onnx_map.inc formats/onnx/map/*.cpp)
endfunction()

function(pestle_lists_cli target)
  pestle_write_list(${target} commands.inc cli/commands/*.cpp)
endfunction()

# FlatBuffers: flatc writes the accessors. Of the .tflite container also, embedded as bytes, the reflection of the schema.
function(pestle_schema target name)
  set(schema ${CMAKE_SOURCE_DIR}/src/codec/${name}.fbs)
  set(folder ${CMAKE_BINARY_DIR}/schema/codec)
  set(outputs ${folder}/${name}_generated.h)
  if("--bfbs-gen-embed" IN_LIST ARGN)
    list(APPEND outputs ${folder}/${name}_bfbs_generated.h)
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${FLATC} --cpp ${ARGN} --scoped-enums -o ${folder} ${schema}
    DEPENDS ${schema}
    COMMENT "flatc ${name}.fbs")
  target_sources(${target} PRIVATE ${outputs})
endfunction()

function(pestle_lists_codec target)
  pestle_schema(${target} tflite --bfbs-gen-embed)
  pestle_schema(${target} tflite_metadata)
  target_include_directories(${target} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/schema)
endfunction()
