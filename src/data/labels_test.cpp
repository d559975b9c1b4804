// Labels: files of every form, names of classes, sub-folders.
#include "data/labels.h"

#include <doctest/doctest.h>

#include "tests/data/source_fixture.h"

using namespace pestle;
using namespace pestle::data::testing;
using data::DataSource;

TEST_CASE("classes keep their numbers in every split") {
  Folder folder;
  for (const char* name : {"1.png", "2.png", "3.png"}) folder.picture(name);
  folder.text("labels.csv", "file,label,split\n1.png,ant,train\n2.png,bee,test\n3.png,cow,test\n");
  data::DataRequest request{folder.path(), {}, "test", 0, {}, {picture_spec()}};
  const auto source = DataSource::open(request);
  REQUIRE(source);
  CHECK(source->numbers_classes());
  CHECK(source->info(0).label == 1);
  CHECK(source->info(1).label == 2);
}

TEST_CASE("labels may be class names, looked up in the list that is given") {
  Folder folder;
  folder.picture("a.png");
  folder.text("labels.csv", "file,label\na.png,zebra\n");
  folder.text("names.txt", "horse\r\nzebra\r\n");
  auto request = request_for(folder.path());
  request.labels = folder / "names.txt";
  const auto source = DataSource::open(request);
  REQUIRE(source);
  CHECK(source->info(0).label == 1);
  folder.text("other.txt", "horse\n");
  request.labels = folder / "other.txt";
  CHECK(says(message_of(DataSource::open(request)), "'zebra' is neither a number nor a class name"));
}

TEST_CASE("a label file keyed by index must fit the array") {
  Folder folder;
  folder.array("x.npy", floats({2, 3}, {0, 1, 2, 3, 4, 5}));
  folder.text("far.csv", "index,label\n2,7\n");
  auto request = request_for(folder / "x.npy", {vector_spec("x")});
  request.preprocess.reset();
  request.labels = folder / "far.csv";
  CHECK(says(message_of(DataSource::open(request)), "far.csv: index 2 is beyond the 2 rows"));
  folder.text("files.csv", "file,label\na,7\n");
  request.labels = folder / "files.csv";
  CHECK(says(message_of(DataSource::open(request)), "keyed by file"));
}

TEST_CASE("label files without a header, with semicolons or with one label a row are taken for what they are") {
  Folder folder;
  for (const char* name : {"a.png", "b.png", "c.png"}) folder.picture(name);
  folder.text("labels.csv", "file,label\na.png,1\nb.png,1\nc.png,1\n");  // must not be scored instead
  auto request = request_for(folder.path());
  request.labels = folder / "given";
  for (const char* text : {"a.png,5\nb.png,6\nc.png,7\n", "file;label\na.png;5\nb.png;6\nc.png;7\n",
                           "a.png\t5\r\nb.png\t6\r\nc.png\t7\r\n",
                           "\xef\xbb\xbf"
                           "file, label\na.png, 5\nb.png, 6\nc.png, 7"}) {
    folder.text("given", text);
    const auto source = DataSource::open(request);
    REQUIRE_MESSAGE(source, message_of(source));
    REQUIRE(source->size() == 3);
    CHECK(source->info(0).label == 5);
    CHECK(source->info(2).label == 7);
  }
  folder.array("x.npy", floats({3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8}));
  folder.array("y.npy", Tensor::of<int32_t>({3}, std::vector<int32_t>{5, 6, 7}));
  request = request_for(folder / "x.npy", {vector_spec("x")});
  request.preprocess.reset();
  request.labels = folder / "y.npy";
  CHECK(DataSource::open(request)->info(1).label == 6);
  request.labels = folder / "given";
  for (const char* text : {"5\n6\n7\n", "label\n5\n6\n7\n", "5.000e+00\n6.0\n7\n"}) {
    folder.text("given", text);
    const auto source = DataSource::open(request);
    REQUIRE_MESSAGE(source, message_of(source));
    CHECK(source->info(2).label == 7);
  }
}

TEST_CASE("label files that are neither a table nor class names are refused with what is expected") {
  Folder folder;
  for (const char* name : {"a.png", "b.png"}) folder.picture(name);
  folder.array("x.npy", floats({2, 3}, {0, 1, 2, 3, 4, 5}));
  auto files = request_for(folder.path()), rows = request_for(folder / "x.npy", {vector_spec("x")});
  fs::create_directories(folder / "sub");
  fs::rename(folder / "x.npy", folder / "sub/x.npy");
  rows.path = folder / "sub/x.npy";
  rows.preprocess.reset();
  files.labels = rows.labels = folder / "given.txt";
  const auto refused = [&](const data::DataRequest& request, const std::string& text, const std::string& says_this) {
    folder.text("given.txt", text);
    const std::string message = message_of(DataSource::open(request));
    CHECK_MESSAGE(says(message, "given.txt"), message);
    CHECK_MESSAGE(says(message, says_this), message);
    CHECK_MESSAGE(says(message, "file,label"), message);
  };
  refused(files, "other.png,0\nelse.png,1\n", "the first line 'other.png,0' is no header");
  refused(files, "image;label\na.png;0\n", "the first line 'image;label' is no header");
  refused(files, "name,class\na.png,cat\nb.png,dog\n", "is no header");
  refused(files, "0\n0\n", "one label a row and names no files");
  refused(files, "cat\ndog, hound\n", "names of classes, and nothing says which");
  refused(rows, "0,3\n1,4\n", "the first line '0,3' is no header");
  refused(rows, "cat\ndog\n", "2 names of classes");
  folder.text("given.txt", "1\n2\n3\n");
  CHECK(says(message_of(DataSource::open(rows)), "it holds 3 labels, and the data 2 rows"));
  folder.array("given.txt", floats({2}, {0, 1}));
  CHECK(says(message_of(DataSource::open(rows)), "labels are a row of integers, and this is float32 2"));
}

TEST_CASE("errors about sub-folders say that they are taken as classes") {
  Folder folder;
  folder.picture("cat/1.png");
  folder.text("names.txt", "dog\n");
  auto request = request_for(folder.path());
  request.labels = folder / "names.txt";
  const std::string message = message_of(DataSource::open(request));
  CHECK_MESSAGE(says(message, "are taken as classes: label 'cat' is neither"), message);
  fs::remove(folder / "cat/1.png");
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "its sub-folders (cat) are taken as classes"));
}

TEST_CASE("class names may hold commas and may be numbers") {
  Folder folder;
  for (const char* name : {"tench, Tinca/1.png", "crane/1.png"}) folder.picture(name);
  folder.text("names.txt", "crane\ntench, Tinca\n");
  auto request = request_for(folder.path());
  request.labels = folder / "names.txt";
  auto source = DataSource::open(request);
  REQUIRE_MESSAGE(source, message_of(source));
  CHECK(source->class_names() == std::vector<std::string>{"crane", "tench, Tinca"});
  folder.text("names.txt", "10\n9\n");
  CHECK(says(message_of(DataSource::open(request)), "neither a number nor a class name"));
}
